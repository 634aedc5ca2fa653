/**
 * The processes of a machine count `performance.now()` each from its own start, but all by one clock that nobody sets
 * (CLOCK_MONOTONIC on Linux), which `process.hrtime` reads as it is.
 */
const START_MS = startMs();

/** A time of this process's `performance.now()` on the clock that all processes of the machine share, in ms. */
export function toShared(ms: number): number {
  return START_MS + ms;
}

/** The inverse, for another process's time. */
export function fromShared(ms: number): number {
  return ms - START_MS;
}

/** Between the two readings the process may lose the processor, which makes the difference smaller: the largest counts. */
function startMs(): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < 20; i++) largest = Math.max(largest, Number(process.hrtime.bigint()) / 1e6 - performance.now());
  return largest;
}
