import { type Action, type Context, to } from "zpipe";

interface Question {
  readonly c: readonly number[];
  readonly from: number;
  readonly to: number;
  /** Into so many strips. */
  readonly n: number;
  /** Strips that are done, and what came of them. */
  readonly done?: number;
  readonly sum?: number;
}

/** Strips a step: about a millisecond of work, so that a request never holds a worker for longer. */
const STEP = 50_000;

/** By Simpson's rule on each strip, which is exact up to the third degree but for rounding. */
export default (question: Question, ctx: Context): Action | { integral: number; steps: number } => {
  const { c, from, n, done = 0 } = question;
  const width = (question.to - from) / n;
  const end = Math.min(done + STEP, n);
  let sum = question.sum ?? 0;
  for (let strip = done; strip < end; strip++) {
    const left = from + strip * width;
    sum += valueAt(c, left) + 4 * valueAt(c, left + width / 2) + valueAt(c, left + width);
  }
  if (end < n) return to("integrals", { ...question, done: end, sum });
  return { integral: (sum * width) / 6, steps: ctx.hops };
};

/** By Horner's rule. */
function valueAt(lowestFirst: readonly number[], x: number): number {
  let value = 0;
  for (let i = lowestFirst.length - 1; i >= 0; i--) value = value * x + lowestFirst[i]!;
  return value;
}
