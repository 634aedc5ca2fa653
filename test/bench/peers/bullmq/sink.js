// BullMQ, 3 of 3: hears of completed jobs and acknowledges them to the source, those of one turn at once, which is less
// work for Redis than a second queue. Usage: sink.js SOCKET
import { QueueEvents } from "bullmq";
import { Redis } from "ioredis";
import sink from "../../nodes/sink.js";

const [path] = process.argv.slice(2);
const acks = new Redis({ path });
const events = new QueueEvents("jobs", { connection: { path } });
let taken = 0;
events.on("completed", ({ returnvalue }) => {
  sink(returnvalue);
  if (taken++ === 0) setImmediate(acknowledge);
});
await events.waitUntilReady();
console.log("ready");

function acknowledge() {
  acks.publish("acks", String(taken));
  taken = 0;
}
