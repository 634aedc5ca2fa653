import type { JobQueue, Queued } from "./types.js";

/** Since when the one has waited that has waited longest in any of them. */
export function oldestOf(queues: Iterable<JobQueue<Queued> | undefined>): number | undefined {
  let oldest: number | undefined;
  for (const queue of queues) {
    const since = queue?.oldest();
    if (since !== undefined && (oldest === undefined || since < oldest)) oldest = since;
  }
  return oldest;
}
