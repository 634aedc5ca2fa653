// BullMQ, 1 of 3: adds jobs in bulk; at most WINDOW are not yet acknowledged. Usage: source.js SOCKET WINDOW BULK
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import jobs from "../../nodes/jobs.js";
import { createWindow } from "../window.js";

const [path, size, bulkSize] = process.argv.slice(2);
const queue = new Queue("jobs", { connection: { path } });
const window = createWindow(Number(size));
const acks = new Redis({ path });
await acks.subscribe("acks");
acks.on("message", (_, count) => window.give(Number(count)));
console.log("ready");

const opts = { removeOnComplete: true, removeOnFail: true };
let bulk = [];
for await (const data of jobs()) {
  bulk.push({ name: "job", data, opts });
  if (bulk.length < Number(bulkSize)) continue;
  await window.take(bulk.length);
  await queue.addBulk(bulk);
  bulk = [];
}
