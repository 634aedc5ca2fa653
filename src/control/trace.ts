import type { HopOutcome, RequestOutcome } from "../plan/trace.js";

/** The way of one request, or of one job of a source, through the graph. */
export interface Trace {
  readonly request: string;
  /** The server, or the name of the source. */
  readonly owner: string;
  /** Where it entered: `GET /`, `line 17`; undefined when its owner has forgotten it. */
  readonly entry: string | undefined;
  /** Its admission, in ms since 1970; when its owner has forgotten it, the first that is known of it. */
  readonly startedAt: number;
  /** Until it was answered or given up; undefined while it is pending, and when its owner has forgotten it. */
  readonly latencyMs: number | undefined;
  readonly outcome: RequestOutcome | "forgotten";
  /** By hop, and then by time. The parts of a scatter are hops of the same number; what a join has gathered is one hop. */
  readonly hops: readonly TraceHop[];
  /** No hop can be missing: every process has answered, and none has forgotten or lost anything since it began. */
  readonly complete: boolean;
}

export interface TraceHop {
  /** Counts the stages that the job came through, from 1. */
  readonly hop: number;
  /** A stage or the owner; for what a join has gathered, where the last part came from. */
  readonly from: string;
  readonly stage: string;
  /** "" when no worker had it. */
  readonly worker: string;
  /** At the stage's proxy, after `startedAt`. */
  readonly arrivedMs: number;
  /** All the time that was not spent in the handler, the way to the worker and back included. */
  readonly waitMs: number;
  /** In the handler; of what is running, nothing is known yet. */
  readonly serviceMs: number;
  readonly outcome: HopOutcome;
  /** Sendings by the owner: more than 1 when a link or a proxy was lost. */
  readonly attempt: number;
  /** Workers that died with it. */
  readonly deaths: number;
}
