import { type Action, type Context, to } from "zpipe";

interface Question {
  readonly c: readonly number[];
  readonly x: number;
  /** How many times it is still to be derived. */
  readonly order: number;
}

/** Multiplications a step: about a millisecond of work, so that a request never holds a worker for longer. */
const STEP = 200_000;

/** The derivative of a polynomial, of any order, at x. */
export default (question: Question, ctx: Context): Action | { derivative: number; steps: number } => {
  const c = question.c.slice();
  let { order } = question;
  for (let budget = STEP; order > 0 && c.length > 0 && budget > 0; order--) {
    budget -= c.length;
    derive(c);
  }
  if (order > 0 && c.length > 0) return to("derivatives", { ...question, c, order });
  return { derivative: valueAt(c, question.x), steps: ctx.hops };
};

/** In place: i · c[i] is the coefficient of the power below. */
function derive(lowestFirst: number[]): void {
  for (let i = 1; i < lowestFirst.length; i++) lowestFirst[i - 1] = i * lowestFirst[i]!;
  lowestFirst.pop();
}

/** By Horner's rule. */
function valueAt(lowestFirst: readonly number[], x: number): number {
  let value = 0;
  for (let i = lowestFirst.length - 1; i >= 0; i--) value = value * x + lowestFirst[i]!;
  return value;
}
