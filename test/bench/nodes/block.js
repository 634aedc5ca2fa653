// Sleeps 10 ms and holds up its whole worker, as work on the CPU would. Says how long it really took.
import { now } from "../support/measure.js";

const never = new Int32Array(new SharedArrayBuffer(4));

export default function block(job) {
  const start = now();
  Atomics.wait(never, 0, 0, 10);
  return { id: job.id, start, end: now() };
}
