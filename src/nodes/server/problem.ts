import { STATUS_CODES } from "node:http";

/** RFC 9457; the members beyond `detail` go into the document as they are. */
export interface Problem {
  readonly status: number;
  readonly detail: string;
  readonly [member: string]: unknown;
}

export const PROBLEM_TYPE = "application/problem+json";

export function problemDocument(problem: Problem): string {
  return JSON.stringify({ type: "about:blank", title: STATUS_CODES[problem.status] ?? "Error", ...problem });
}

/** One thing that is wrong with a request. */
export interface RequestProblem {
  readonly in: "path" | "query" | "body";
  readonly name?: string;
  /** Which item of an array. */
  readonly index?: number;
  /** Where in the text of a malformed body, in characters. */
  readonly position?: number;
  readonly message: string;
}

/** A request is not read further once it has this many problems: a body of a million bad items is not worth a longer list. */
export const MAX_PROBLEMS = 100;
const NAMED_IN_DETAIL = 3;

/** Thrown while a request is decoded; it never leaves this folder. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export function badRequest(problems: readonly RequestProblem[]): Refusal {
  const named = problems.slice(0, NAMED_IN_DETAIL).map((problem) => problem.message);
  const more = problems.length - named.length;
  const detail = named.join("; ") + (more > 0 ? `; and ${more} more` : "");
  return new Refusal({ status: 400, detail, errors: problems });
}
