/** What a worker may return instead of a plain value. Made by `to`, `reply`, `scatter` and `drop` only. */
export type Action = ToAction | ReplyAction | ScatterAction | DropAction;

interface ToAction {
  readonly [ACTION]: "to";
  readonly stage: string;
  readonly value: unknown;
}

interface ReplyAction {
  readonly [ACTION]: "reply";
  readonly value: unknown;
  readonly options: ReplyOptions;
}

interface ScatterAction {
  readonly [ACTION]: "scatter";
  readonly stage: string;
  readonly values: readonly unknown[];
}

interface DropAction {
  readonly [ACTION]: "drop";
}

export interface ReplyOptions {
  /** HTTP status; 200 if not given. */
  readonly status?: number;
  /** HTTP headers, e.g. `{ "content-type": "image/png" }`. */
  readonly headers?: Readonly<Record<string, string>>;
}

// A registered symbol: a worker may have its own copy of this package, and its actions must be known all the same.
const ACTION: unique symbol = Symbol.for("zpipe.action") as never;

/** Sends the value along the edge to `stage`, whatever the other edges are. */
export function to(stage: string, value: unknown): Action {
  return { [ACTION]: "to", stage, value };
}

/** Answers the request, or acknowledges the job, at once: the value goes straight home. */
export function reply(value: unknown, options: ReplyOptions = {}): Action {
  return { [ACTION]: "reply", value, options };
}

/** Sends each value as a job of its own along the edge to `stage`; a stage that joins gathers what becomes of them. */
export function scatter(stage: string, values: Iterable<unknown>): Action {
  return { [ACTION]: "scatter", stage, values: [...values] };
}

/** Ends the job without a result: a source counts it as done, a request of which nothing else comes is answered 204. */
export function drop(): Action {
  return { [ACTION]: "drop" };
}

export function isAction(value: unknown): value is Action {
  return typeof value === "object" && value !== null && (value as Partial<Action>)[ACTION] !== undefined;
}
