import { to } from "zpipe";

interface Walk {
  readonly start: number;
  /** A bigint where a double is not exact. */
  readonly at: number | bigint;
  readonly steps: number;
}

/** One step of the way down to 1. What goes round has come so far already; what comes in is a number. */
export default (job: number | Walk) => {
  const { start, at, steps } = typeof job === "number" ? { start: job, at: job, steps: 0 } : job;
  if (!(at >= 1)) throw new Error(`${start} never comes down to 1`);
  const number = BigInt(at);
  if (number === 1n) return to("out", { start, steps });
  return to("step", { start, at: number % 2n === 0n ? number / 2n : 3n * number + 1n, steps: steps + 1 });
};
