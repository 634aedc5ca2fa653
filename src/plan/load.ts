import type { Times } from "../metrics/times.js";
import type { Sample } from "../topology/types.js";

/** A load that somebody is to make. Plain data: it travels to threads and child processes. */
export interface LoadOrder {
  /** The samples are sent in turn. */
  readonly samples: readonly Sample[];
  /** Requests under way at a time, at most. */
  readonly connections: number;
  /** Arrivals by second, whatever becomes of them; undefined: the next request follows an answer. */
  readonly rate: number | undefined;
  readonly warmupMs: number;
  /** What starts in this time, after the warm-up, is measured. */
  readonly durationMs: number;
  /** How long the last answers are waited for. */
  readonly patienceMs: number;
}

/** What became of a load. Only the wrong and the doubled are counted in the warm-up too. */
export interface LoadReport {
  /** Requests that were sent. */
  readonly requests: number;
  /** Right answers. */
  readonly answered: number;
  /** Requests that got no answer worth the name, by the kind of failure. */
  readonly errors: Readonly<Partial<Record<ErrorKind, number>>>;
  readonly wrong: number;
  /** The first few of them. */
  readonly wrongAnswers: readonly WrongAnswer[];
  /** Answered more than once. */
  readonly doubled: number;
  /** Of right answers. */
  readonly latency: Times;
  /** Right answers in each TIMELINE_MS of the measured time. */
  readonly timeline: readonly number[];
}

export const TIMELINE_MS = 100;

/**
 * refused: 503, the server would not take it. timeout: 504, the graph was too slow. connection: no connection, or it
 * broke. lost: not a word of it. unsent: all connections were busy from its arrival to the end. failed: a source's job
 * ended as an error.
 */
export type ErrorKind = "refused" | "timeout" | "connection" | "lost" | "unsent" | "failed";

export interface WrongAnswer {
  readonly request: string;
  readonly expected: string;
  readonly got: string;
}
