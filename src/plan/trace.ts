/** A request or a source's job, as on the wire. */
export interface RequestKey {
  readonly session: number;
  readonly seq: number;
}

/** What the supervisor asks of the processes, to tell the way of a request. All times are of the machine's shared clock, in ms. */
export type TraceQuestion =
  /** What owners know of these. */
  | { readonly about: "requests"; readonly requests: readonly RequestKey[] }
  /** The slowest of each owner since it was last asked. */
  | { readonly about: "slowest" }
  /** What proxies and sinks have done for these, none of which began before `since`. */
  | {
      readonly about: "hops";
      readonly requests: readonly RequestKey[];
      readonly since: number;
      /** Each node tells so many, the newest. */
      readonly most: number;
    };

/** Of one node; of a process, it is all that its nodes know. */
export interface TraceAnswer {
  readonly requests: readonly TracedRequest[];
  readonly hops: readonly TracedHop[];
  /** All hops are known that were settled after it; Infinity: some may be missing, whenever they were. */
  readonly hopsSince: number;
}

/** There is nothing to know. */
export const NO_TRACE: TraceAnswer = { requests: [], hops: [], hopsSince: 0 };

/** Nobody can say. */
export const UNKNOWN: TraceAnswer = { requests: [], hops: [], hopsSince: Number.POSITIVE_INFINITY };

/** `cancelled`: its client hung up. `done`: answered, or all of it is at a sink. */
export const REQUEST_OUTCOMES = ["pending", "done", "failed", "timeout", "cancelled"] as const;
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

export interface TracedRequest extends RequestKey {
  readonly owner: string;
  /** Where it entered: `GET /`, `line 17`. */
  readonly entry: string | undefined;
  readonly startedAt: number;
  /** Undefined while it is pending. */
  readonly tookMs: number | undefined;
  readonly outcome: RequestOutcome;
}

/**
 * `refused`: its queue was full, or too many workers died of it. `dropped`: nobody waited for it any more. `running`: it
 * is in a worker's hands.
 */
export const HOP_OUTCOMES = ["done", "failed", "refused", "dropped", "running"] as const;
export type HopOutcome = (typeof HOP_OUTCOMES)[number];

export interface TracedHop extends RequestKey {
  /** Counts the stages that the job came through, from 1. */
  readonly hop: number;
  /** Numbers of the stages; HOME for the owner. */
  readonly from: number;
  readonly stage: number;
  /** "" when no worker had it. */
  readonly worker: string;
  readonly arrivedAt: number;
  /** From its arrival at the proxy until the proxy heard the last of it. */
  readonly tookMs: number;
  /** Of that, the time in the handler. */
  readonly serviceMs: number;
  readonly outcome: HopOutcome;
  /** Sendings by the owner. */
  readonly attempt: number;
  /** Workers that died with it. */
  readonly deaths: number;
}
