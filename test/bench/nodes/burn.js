// Uses `ms` of processor time: measured, so that a busy machine stretches it as it stretches real work.
import { now } from "../support/measure.js";

/** Asking for the processor time is itself work for the kernel: so not all the time. */
const ASK_EVERY_MS = 0.05;

export default function burn(job) {
  const start = now();
  const before = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    if (user + system >= job.ms * 1000) break;
    const asked = performance.now();
    while (performance.now() - asked < ASK_EVERY_MS);
  }
  return { id: job.id, at: job.at, start, end: now() };
}
