// Sleeps 10 ms and lets other jobs of the worker sleep meanwhile; for `concurrency`. Says how long it really took.
import { setTimeout as sleep } from "node:timers/promises";
import { now } from "../support/measure.js";

export default async function sleepAWhile(job) {
  const start = now();
  await sleep(10);
  return { id: job.id, start, end: now() };
}
