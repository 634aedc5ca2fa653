// NATS JetStream, 2 of 3: publishes what comes of each job, and acknowledges the job when the server has it.
// Usage: worker.js SERVER
import addOne from "../../nodes/add-one.js";
import { open, take } from "./streams.js";

const [server] = process.argv.slice(2);
const { jetstream } = await open(server, "results");
await take(await open(server, "jobs"), "jobs", async (message) => {
  await jetstream.publish("results", JSON.stringify(addOne(JSON.parse(message.string()))));
  message.ack();
});
console.log("ready");
