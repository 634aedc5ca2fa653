import type { Advertised } from "../metrics/snapshot.js";
import type { Times } from "../metrics/times.js";
import type { Metadata } from "../topology/types.js";
import type { LoadOrder, LoadReport } from "./load.js";
import type { TraceAnswer, TraceQuestion } from "./trace.js";
import type { NodePlan } from "./types.js";

export type { Times } from "../metrics/times.js";

/**
 * What supervisor and child process say to each other over the child's IPC channel. A child's life:
 * start → (bound) → book → (ready, once for each node) → … → drain → (drained) → stop → exit 0.
 * A child whose channel closes ends at once.
 */
export type ToChild =
  | StartMessage
  /** The addresses of all inboxes, whole, every time one has changed. */
  | { readonly type: "book"; readonly book: AddressBook }
  /**
   * The graph is ready: the server may take requests, and these sources may read. Those of which an earlier life has told
   * that they are `finished` are not to read again.
   */
  | { readonly type: "serve"; readonly nodes: readonly string[]; readonly finished: readonly string[] }
  /** Host one more node in this process (workers of an inline topology). */
  | { readonly type: "add"; readonly node: NodePlan }
  /** Hand back what is not started, finish what runs, then say `retired` (a process left without nodes exits 0). */
  | { readonly type: "retire"; readonly node: string }
  /** An owner died: drop what it owns. */
  | { readonly type: "owner-lost"; readonly session: number }
  /** Take no more requests; say `drained` when the last is answered. Only processes with an owner say so. */
  | {
      readonly type: "drain" /** Every source has come to its end: nothing is left to go on from. */;
      readonly complete: boolean;
    }
  /** Finish nothing more, clean up, exit 0. */
  | { readonly type: "stop" }
  /** Take jobs that could not be done once more; each is in `deadLetters` again if it still cannot. */
  | { readonly type: "resend"; readonly node: string; readonly letters: readonly DeadLetter[] }
  | { readonly type: "stats"; readonly id: number }
  | { readonly type: "trace"; readonly id: number; readonly question: TraceQuestion }
  /** To a process with a server: make this load and hand it straight to the graph; then say `driven`. */
  | { readonly type: "drive"; readonly id: number; readonly order: LoadOrder };

export interface StartMessage {
  readonly type: "start";
  /** Directory for ipc endpoints. */
  readonly directory: string;
  /** Counts the starts of this process in this run: an endpoint is never used twice. */
  readonly epoch: number;
  /** Number of this process, for short endpoint names. */
  readonly process: number;
  readonly nodes: readonly NodePlan[];
  /** What the user's programs are told of the run. */
  readonly metadata: Metadata;
  /** What to load instead of a TypeScript worker module, by the path of its source. */
  readonly compiled: Readonly<Record<string, string>>;
  /** The file to which owners append the jobs that could not be done. */
  readonly deadLetters: string;
}

/** In every child, the descriptor of the supervisor's standard output: what a sink writes there is data, not log. */
export const DATA_OUT = 3;

/** By the name of the inbox. Memory inboxes are not in it. A changed epoch means: what was sent before may be lost. */
export type AddressBook = Readonly<Record<string, Address>>;

export interface Address {
  readonly endpoint: string;
  readonly epoch: number;
  /** It is on another host, where only those whose keys are known may speak. */
  readonly curve?: CurveClient | undefined;
}

/** How one end of an encrypted link shows who it is, and knows the other. Keys are in Z85: 40 characters. */
export interface CurveClient {
  readonly serverKey: string;
  readonly publicKey: string;
  readonly secretKey: string;
}

export type FromChild =
  /** Its non-memory inboxes listen; always sent, even when there are none. */
  | { readonly type: "bound"; readonly inboxes: Readonly<Record<string, string>> }
  /** The node does its work. `url`: where a server listens. `session`: an owner's session, for `owner-lost`. */
  | { readonly type: "ready"; readonly node: string; readonly url?: string; readonly session?: number }
  | { readonly type: "retired"; readonly node: string }
  /** How many requests are unanswered while draining; 0 ends it. */
  | { readonly type: "draining"; readonly pending: number }
  | { readonly type: "drained" }
  /** The time for draining is over: so many requests are not answered, or jobs not done, and will not be. */
  | { readonly type: "gave-up"; readonly pending: number }
  /** A source has read all there is, and all of it is done or has failed. Told anew when resent jobs have come to theirs. */
  | { readonly type: "finished"; readonly node: string; readonly summary: SourceSummary }
  /** A source was stopped before its end. */
  | { readonly type: "interrupted"; readonly node: string; readonly summary: SourceSummary }
  /** The node cannot work; the process exits 1 after it. `text` is for people, stack included where it helps. */
  | {
      readonly type: "failed";
      readonly node: string;
      readonly text: string;
      readonly mistake?: Mistake;
      /** Starting it again would not help: the run is over. */
      readonly fatal?: boolean;
      readonly unproven?: Unproven | undefined;
    }
  | {
      readonly type: "log";
      readonly node: string;
      readonly level: LogLevel;
      readonly time: number;
      readonly message: string;
      readonly fields?: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: "stats";
      readonly id: number;
      readonly nodes: readonly NodeStats[];
      readonly rss: number;
      readonly cpuMs: number;
    }
  | { readonly type: "traced"; readonly id: number; readonly answer: TraceAnswer }
  | { readonly type: "driven"; readonly id: number; readonly result: LoadReport | Mistake };

/** It was ready, but its program has ended before its first answer, or even before its first job. */
export type Unproven = "unanswered" | "unused";

export interface SourceSummary {
  readonly done: number;
  readonly failed: number;
  /** The first of the jobs that failed. */
  readonly failures: readonly JobFailure[];
  /** How many of these were so before this run, which has gone on where another was. */
  readonly earlier: { readonly done: number; readonly failed: number };
  /** From when it began to read, in this life of its process, until the last job was done. */
  readonly tookMs: number;
}

export interface JobFailure {
  /** `line 17`, `item 17`. */
  readonly job: string;
  readonly stage: string;
  readonly message: string;
}

/** A job that could not be done, with all that it takes to send it again. */
export interface DeadLetter {
  /** The request's name. */
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  /** The server, or the name of the source. */
  readonly owner: string;
  /** Where it entered: `GET /`, or what the source calls it. */
  readonly entry: string;
  /** Index of the route; 0 for a source. */
  readonly route: number;
  readonly stage: string;
  readonly message: string;
  readonly kind: "json" | "base64";
  /** JSON text as it came, or bytes in base64. */
  readonly payload: string;
  readonly lane: number;
}

/** A failure that the user can mend and that trying again cannot, e.g. a port that is taken: the parts of a ZpipeError. */
export interface Mistake {
  readonly message: string;
  readonly code: string;
  readonly hints: readonly string[];
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** How many jobs a node has sent along its edges, those that were sent again included: by stage number and by owner number. */
export interface SentStats {
  readonly stages: readonly number[];
  /** Home: answers, failures and acknowledgements. */
  readonly owners: readonly number[];
}

/** Counters only grow while a process lives; gauges are of this moment. */
export type NodeStats = ServerStats | SourceStats | ProxyStats | WorkerStats | GateStats;

export interface ServerStats {
  readonly kind: "server";
  readonly node: string;
  readonly pending: number;
  readonly requests: number;
  /** Answers by the path of the route ("": of none) and by HTTP status. */
  readonly routes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** From the admission of a request to its answer or failure; those whose client has gone are left out. */
  readonly latency: Times;
  readonly sent: SentStats;
}

export interface SourceStats {
  readonly kind: "source";
  readonly node: string;
  readonly state: "waiting" | "reading" | "read" | "finished";
  /** Jobs in the graph. */
  readonly pending: number;
  readonly done: number;
  readonly failed: number;
  /** Ticks that were left out, because the one before was not done. */
  readonly skipped: number;
  /** How much of its input it has read, from 0 to 1; undefined when nobody knows how much there is. */
  readonly progress: number | undefined;
  /** From a job's admission until it is done. */
  readonly latency: Times;
  readonly sent: SentStats;
}

/** Of a proxy, or of a sink that is its own. */
export interface ProxyStats {
  readonly kind: "proxy";
  readonly node: string;
  readonly stages: readonly StageStats[];
}

export interface StageStats {
  readonly stage: string;
  readonly workers: number;
  readonly idle: number;
  /** Jobs in the queue. */
  readonly depth: number;
  /** Age of the oldest queued job, in ms; 0 when none is queued. */
  readonly oldestMs: number;
  /** Jobs handed to workers and not yet settled. */
  readonly inFlight: number;
  /** Joins that wait for parts. */
  readonly gathering: number;
  readonly received: number;
  readonly done: number;
  readonly failed: number;
  readonly redelivered: number;
  /** Jobs dropped because they had expired or were cancelled. */
  readonly dropped: number;
  /** From a job's arrival in the pool until its handler starts. */
  readonly wait: Times;
  /** In the handler. */
  readonly service: Times;
  readonly sent: SentStats;
}

export interface WorkerStats {
  readonly kind: "worker";
  readonly node: string;
  readonly done: number;
  readonly running: number;
  readonly advertises: Advertised | undefined;
}

export interface GateStats {
  readonly kind: "gate";
  readonly node: string;
  /** Workers of other hosts that are at work, in the order in which they came. */
  readonly guests: readonly Guest[];
}

export interface Guest {
  /** As it calls itself. */
  readonly name: string;
  readonly stage: string;
  readonly uptimeMs: number;
  readonly advertises: Advertised | undefined;
}
