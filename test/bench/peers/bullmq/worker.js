// BullMQ, 2 of 3: works on CONCURRENCY jobs at a time, so that waiting for Redis overlaps. Usage: worker.js SOCKET CONCURRENCY
import { Worker } from "bullmq";
import addOne from "../../nodes/add-one.js";

const [path, concurrency] = process.argv.slice(2);
const worker = new Worker("jobs", async (job) => addOne(job.data), {
  connection: { path },
  concurrency: Number(concurrency),
});
worker.on("error", (error) => {
  throw error;
});
await worker.waitUntilReady();
console.log("ready");
