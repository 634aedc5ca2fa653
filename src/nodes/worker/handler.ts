import type { LogLevel } from "../../plan/child.js";
import type { Metadata } from "../../topology/types.js";

export type { Metadata };

/**
 * A worker: gets a job's value and what zpipe knows of the job, and returns the value that follows the stage's edges, or
 * an action (`to`, `reply`, `scatter`, `drop`), or a list of actions. It may be async. What it throws goes to the job's
 * owner as an error; a numeric `status` on the error is used as HTTP status, and then the client sees the message too.
 */
export type Handler<In = never, Out = unknown> = (job: In, ctx: Context) => Out | Promise<Out>;

/** What a worker is told beside the job's value. */
export interface Context {
  readonly topology: string;
  readonly stage: string;
  /** Name of this worker, e.g. `square.2`. */
  readonly worker: string;
  /** Names the request in logs: the same as the `x-request-id` header of its answer. */
  readonly request: string;
  /** 1, and one more for each worker that died with this job in hand. */
  readonly attempt: number;
  /** How many stages the job has come through, this one included. */
  readonly hops: number;
  /** When nobody waits for it any more, in ms since 1970; Infinity: always wanted. */
  readonly deadline: number;
  /** W3C trace context of the request, or "". */
  readonly traceparent: string;
  /** Aborted when the job is not wanted any more: its client hung up, or it is too late. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly advertise: Advertise;
}

/**
 * Says what this worker has at hand, such as `{ tiles: ["a", "b"] }`, in place of what it said before: a stage with
 * `match` sends it the jobs that need it. In a worker's thread it does nothing. Throws when it is more than 64 KiB.
 */
export type Advertise = (attributes: Readonly<Record<string, Advertised | readonly Advertised[]>>) => void;

/** A job's field matches it when both are the same as text: 7 is "7". */
export type Advertised = string | number | bigint | boolean;

export type Logger = Readonly<Record<LogLevel, LogFunction>>;

/** One line in the log of the run, with the worker's name and the time; fields are shown behind the message. */
export type LogFunction = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** What a worker module may export beside its default function. */
export interface WorkerModule {
  readonly default: Handler;
  /** Called once before the first job; the worker is not ready before it has resolved. */
  readonly setup?: (worker: SetupContext) => unknown;
  /** Called once after the last job of a worker that ends in an orderly way. */
  readonly teardown?: () => unknown;
}

export interface SetupContext extends Pick<Context, "topology" | "stage" | "worker" | "log" | "advertise"> {
  /** Of the run: `[metadata]` of the topology, and what `--set` and `--metadata` say. Frozen. */
  readonly metadata: Metadata;
}
