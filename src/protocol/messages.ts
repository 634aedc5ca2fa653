import type { Body } from "./payload.js";

/**
 * Every message of the data plane, by direction. The byte layout of each is in jobs.ts, answers.ts and workers.ts, and in docs/protocol.md.
 *
 *   owner ──Job, Cancel──▶ proxy ──Job──▶ proxy        proxy ──Answer, Failure, Lost──▶ owner
 *   proxy ──Welcome, Work, Recall, Abort, Bye──▶ worker ──Hello, Done, Failed, Leave──▶ proxy
 */

/** Names one request or source job in a run: an owner's session (random, new at every start) and a counter in it. */
export interface RequestId {
  readonly session: number;
  readonly seq: number;
}

/** How people see a request: in the answer's header, in logs, in `ctx.request`. */
export function requestName(session: number, seq: number): string {
  return `${session.toString(36)}-${seq.toString(36)}`;
}

/** How deep scatters may nest: the depth is one byte on the wire. */
export const MAX_GROUP_DEPTH = 255;

/** One scatter that a job came through; a stack, topmost first, shared between the copies. */
export interface Group {
  /** The scatter's place in the graph: a route or a stage. */
  readonly origin: number;
  /** The stage that was scattered to; HOME for copies along several edges. */
  readonly target: number;
  /** Unique in the run: the number of the node that made it × 2^32 + a counter. */
  readonly id: number;
  readonly index: number;
  readonly count: number;
  readonly up: Group | undefined;
}

/** How many scatters are on the stack. */
export function depthOf(group: Group | undefined): number {
  let depth = 0;
  for (let g = group; g; g = g.up) depth++;
  return depth;
}

export interface Job extends RequestId, Body {
  readonly type: "job";
  /** Number of the owner. */
  readonly owner: number;
  /** 1, and one more each time its owner sends the request again. */
  readonly attempt: number;
  /** Number of the stage that sent it; HOME when the owner did. */
  readonly from: number;
  /** Number of the stage that is to do it. */
  readonly to: number;
  /** Larger first, 0..255. */
  readonly priority: number;
  /** Fair queues serve the lanes in turn: a route's number, or a hash of what the route makes lanes of; 32 bits. */
  readonly lane: number;
  readonly hops: number;
  /** ms since 1970; Infinity: never. Hosts must agree on the time to within what a deadline may be off. */
  readonly deadline: number;
  readonly group: Group | undefined;
  /** W3C traceparent, or "". */
  readonly trace: string;
}

/** The request is over for its owner: whatever is left of it may be dropped. */
export interface Cancel extends RequestId {
  readonly type: "cancel";
}

export type ToProxy = Job | Cancel;

export interface Answer extends RequestId, Body {
  readonly type: "answer";
  /** JSON text of what the worker said about its answer (status, headers), or "". */
  readonly meta: string;
  /** Other parts of the request may still be in the graph. */
  readonly partial: boolean;
}

export interface Failure extends RequestId {
  readonly type: "failure";
  readonly stage: string;
  readonly message: string;
  /** HTTP status that the worker chose; 0: none. */
  readonly status: number;
}

/** A link of this proxy was made anew, to another proxy or to the owner: what was on its way over it may be lost. */
export interface Lost {
  readonly type: "lost";
}

export type ToOwner = Answer | Failure | Lost;

export interface Welcome {
  readonly type: "welcome";
  readonly stage: string;
  readonly concurrency: number;
  /** Names of the stage's edges; outputs name them by index. */
  readonly edges: readonly string[];
}

export interface Work extends RequestId, Body {
  readonly type: "work";
  /** The proxy's number for this delivery; everything said about it names the slot. */
  readonly slot: number;
  /** Deliveries of this job so far, this one included. */
  readonly attempt: number;
  readonly hops: number;
  readonly deadline: number;
  readonly trace: string;
}

/** If the job has not started: forget it, it was given to another worker. */
export interface Recall {
  readonly type: "recall";
  readonly slot: number;
}

/**
 * The job is not wanted any more: tell its handler, or do not start it. The worker says Done or Failed of it all the same
 * (unless it has, or has forgotten it on a Recall), so that the proxy knows what it still has in hand.
 */
export interface Abort {
  readonly type: "abort";
  readonly slot: number;
}

/** Nothing more will come; the worker may exit. */
export interface Bye {
  readonly type: "bye";
}

export type ToWorker = Welcome | Work | Recall | Abort | Bye;

export interface Hello {
  readonly type: "hello";
  readonly stage: number;
  readonly name: string;
  /** Jobs that the worker wants in hand at a time, running ones included. */
  readonly credits: number;
}

/** A finished job with all that came of it: one message, so that a worker's death can not part them. */
export interface Done {
  readonly type: "done";
  readonly slot: number;
  readonly credits: number;
  /** Time in the handler, in microseconds: a u32, longer times are cut to the largest. */
  readonly service: number;
  readonly outputs: readonly Output[];
}

export interface Output extends Body {
  readonly route: OutputRoute;
  /** Index of the edge, for `edge` and `scatter`. */
  readonly edge: number;
  /** For `reply`: JSON text, or "". */
  readonly meta: string;
}

/** The numbers are on the wire. A scatter of n values is n outputs in a row; of none, one of `empty`. */
export const OutputRoute = { follow: 0, edge: 1, reply: 2, scatter: 3, empty: 4 } as const;
export type OutputRoute = (typeof OutputRoute)[keyof typeof OutputRoute];

/** The handler threw. */
export interface Failed {
  readonly type: "failed";
  readonly slot: number;
  readonly credits: number;
  /** As in Done; 0 when it was not started. */
  readonly service: number;
  readonly message: string;
  readonly status: number;
}

/** The worker retires: what it has not started goes back, and it wants no more. */
export interface Leave {
  readonly type: "leave";
  readonly unstarted: readonly number[];
}

export type FromWorker = Hello | Done | Failed | Leave;
