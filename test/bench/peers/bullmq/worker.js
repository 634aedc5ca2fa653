// BullMQ, 2 of 3: works on CONCURRENCY jobs at a time, so that waiting for Redis overlaps. What comes of a job is what the
// job returns, or, with RESULTS, a job in the queue of that name: it is there before this one is done, so that nothing is
// lost when this process dies. Usage: worker.js SOCKET CONCURRENCY [RESULTS]
import { Queue, Worker } from "bullmq";
import addOne from "../../nodes/add-one.js";

const [path, concurrency, name] = process.argv.slice(2);
const connection = { path };
const results = name && new Queue(name, { connection });
const opts = { removeOnComplete: true, removeOnFail: true };
const work = results
  ? async (job) => void (await results.add("job", addOne(job.data), opts))
  : async (job) => addOne(job.data);
const worker = new Worker("jobs", work, { connection, concurrency: Number(concurrency) });
worker.on("error", (error) => {
  throw error;
});
await worker.waitUntilReady();
console.log("ready");
