import type { Body, PayloadKind } from "./payload.js";
import type { Payloads } from "./payloads.js";

/**
 * Every message of the data plane, by direction. The byte layout of each is in jobs.ts, answers.ts and workers.ts, and in docs/protocol.md.
 *
 *   owner ──Job, Train, Cancel, Release──▶ proxy ──Job, Train──▶ proxy
 *   proxy ──Answer, Failure, Ack, Acks, Written, Lost──▶ owner
 *   proxy ──Welcome, Work, Works, Recall, Abort, Bye──▶ worker ──Hello, Done, Dones, Failed, Leave, Advertise──▶ proxy
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

/** The request of that name; undefined when no request is ever called so. */
export function parseRequestName(name: string): RequestId | undefined {
  const [session, seq] = name.split("-").map((digits) => Number.parseInt(digits, 36));
  if (session === undefined || seq === undefined || session > 0xffffffff || seq > 0xffffffff) return undefined;
  return requestName(session, seq) === name ? { session, seq } : undefined;
}

/**
 * What of a request a job is: 64 bits that stand for it. A request begins as one part; a job that becomes several jobs
 * shares its part out among them, so that the exclusive or of all that is under way never changes, whatever the order in
 * which an owner hears of what is finished (as in Apache Storm's acker, https://storm.apache.org/releases/2.6.0/Guaranteeing-message-processing.html).
 * The same job becomes the same parts each time it is done.
 */
export interface Part {
  readonly partHigh: number;
  readonly partLow: number;
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

export interface Job extends RequestId, Part, Body {
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
  /** Its owner has heard the last of every request before this one: nobody needs to remember those. */
  readonly floor: number;
  /** ms since 1970; Infinity: never. Hosts must agree on the time to within what a deadline may be off. */
  readonly deadline: number;
  readonly group: Group | undefined;
  /** W3C traceparent, or "". */
  readonly trace: string;
}

/**
 * Jobs of one owner whose numbers follow each other and that have all else in common, too: each is the whole of its
 * request (its part is the one that the request began as), and comes from no scatter. Most jobs of a source are like
 * that, and a train of hundreds costs a proxy little more than one job. (Packets that follow each other closely are called a
 * train since R. Jain and S. Routhier, Packet Trains, IEEE JSAC 4(6), 1986.)
 */
export interface Train extends Omit<Job, "type" | "payload" | "partHigh" | "partLow" | "group" | "trace"> {
  readonly type: "train";
  /** One for each job; `seq` is that of the first. At most 65,535. */
  readonly payloads: Payloads;
}

/** What is to be done by a stage. */
export type Load = Job | Train;

/** The request is over for its owner: whatever is left of it may be dropped. */
export interface Cancel extends RequestId {
  readonly type: "cancel";
}

/** To a sink that keeps the order: whatever it holds of the requests before this one may be written. */
export interface Release {
  readonly type: "release";
  readonly session: number;
  readonly owner: number;
  /** The first request that may not. */
  readonly upTo: number;
}

export type ToProxy = Load | Cancel | Release;

/** What says that a part is finished; what an earlier sending of the request says does not count. */
export interface Finished extends RequestId, Part {
  /** The attempt of the job. */
  readonly attempt: number;
}

export interface Answer extends Finished, Body {
  readonly type: "answer";
  /** JSON text of what the worker said about its answer (status, headers), or "". */
  readonly meta: string;
  /** Other parts of the request may still be in the graph. */
  readonly partial: boolean;
  /** It was to be gathered by a join, which waits for it in vain: the request ends here. */
  readonly gathered: boolean;
}

export interface Failure extends Finished {
  readonly type: "failure";
  readonly stage: string;
  readonly message: string;
  /** HTTP status that the worker chose; 0: none. */
  readonly status: number;
  /** Workers died with the job in hand, as many as it may have. */
  readonly poison: boolean;
  /** As in an Answer. */
  readonly gathered: boolean;
}

/** Nothing more will come of the part, and there is nothing to tell of it. */
export interface Ack extends Finished {
  readonly type: "ack";
}

/** An Ack for the whole of each of some requests whose numbers follow each other. */
export interface Acks extends RequestId {
  readonly type: "acks";
  /** At most 65,535; `seq` is that of the first. */
  readonly count: number;
  readonly attempt: number;
}

/** From a sink that keeps the order: all that it held of the requests before this one is written. */
export interface Written {
  readonly type: "written";
  readonly session: number;
  /** Number of the sink. */
  readonly sink: number;
  readonly upTo: number;
}

/** A link of this proxy was made anew, to another proxy or to the owner: what was on its way over it may be lost. */
export interface Lost {
  readonly type: "lost";
}

export type ToOwner = Answer | Failure | Ack | Acks | Written | Lost;

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

/** A train of work: slots and requests count up from those that are told. */
export interface Works extends Omit<Work, "type" | "payload" | "trace"> {
  readonly type: "works";
  readonly payloads: Payloads;
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

export type ToWorker = Welcome | Work | Works | Recall | Abort | Bye;

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

/** Jobs whose slots follow each other are done, and of each came one output, along the same way. */
export interface Dones {
  readonly type: "dones";
  /** Of the first. */
  readonly slot: number;
  readonly credits: number;
  /** As in a Done, one for each job. */
  readonly services: Uint32Array;
  readonly route: typeof OutputRoute.follow | typeof OutputRoute.edge;
  readonly edge: number;
  readonly kind: PayloadKind;
  readonly payloads: Payloads;
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

/** What the worker has at hand, from now on and until it says so anew: a stage may send it the jobs that need it. */
export interface Advertise {
  readonly type: "advertise";
  readonly attributes: Attributes;
}

/** Values by name: `[["tiles", ["a", "b"]]]`. */
export type Attributes = readonly (readonly [name: string, values: readonly string[]])[];

/** An Advertise is not larger, its type not counted. */
export const MAX_ATTRIBUTES_BYTES = 65_536;

export type FromWorker = Hello | Done | Dones | Failed | Leave | Advertise;
