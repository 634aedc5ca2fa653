// BullMQ, 3 of 3: hears of completed jobs, which is less work for Redis than a second queue, or with RESULTS takes the jobs
// of the queue of that name, CONCURRENCY at a time, each of which is done again if this process dies. It acknowledges to the
// source, those of one turn at once. Usage: sink.js SOCKET CONCURRENCY [RESULTS]
import { QueueEvents, Worker } from "bullmq";
import { Redis } from "ioredis";
import sink from "../../nodes/sink.js";

const [path, concurrency, name] = process.argv.slice(2);
const connection = { path };
const acks = new Redis({ path });
let taken = 0;
if (name) {
  const worker = new Worker(name, async (job) => take(job.data), { connection, concurrency: Number(concurrency) });
  worker.on("error", (error) => {
    throw error;
  });
  await worker.waitUntilReady();
} else {
  const events = new QueueEvents("jobs", { connection });
  events.on("completed", ({ returnvalue }) => take(returnvalue));
  await events.waitUntilReady();
}
console.log("ready");

function take(result) {
  sink(result);
  if (taken++ === 0) setImmediate(acknowledge);
}

function acknowledge() {
  acks.publish("acks", String(taken));
  taken = 0;
}
