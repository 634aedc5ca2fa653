import { type Action, type Context, to } from "zpipe";

interface Question {
  /** A bigint where a double is not exact. */
  readonly c: readonly (number | bigint)[];
  readonly from: number;
  readonly to: number;
  /** What came of the terms below `from`. */
  readonly sum?: number | bigint;
}

/** Terms a step: about a millisecond of work, so that a request never holds a worker for longer. */
const STEP = 2000;

/** The sum of a polynomial's values over the integers from `from` to `to`, exact. */
export default (question: Question, ctx: Context): Action | { sum: bigint; steps: number } => {
  const c = question.c.map(BigInt).reverse();
  const end = Math.min(question.from + STEP - 1, question.to);
  let sum = BigInt(question.sum ?? 0);
  for (let x = question.from; x <= end; x++) sum += valueAt(c, BigInt(x));
  return end < question.to ? to("sums", { ...question, from: end + 1, sum }) : { sum, steps: ctx.hops };
};

/** By Horner's rule. */
function valueAt(highestFirst: readonly bigint[], x: bigint): bigint {
  let value = 0n;
  for (const coefficient of highestFirst) value = value * x + coefficient;
  return value;
}
