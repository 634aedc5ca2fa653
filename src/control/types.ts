import type { RunState, Snapshot } from "../metrics/snapshot.js";
import type { DeadLetter, LogLevel, SourceSummary } from "../plan/child.js";
import type { Obstacle } from "./obstacle.js";
import type { Trace } from "./trace.js";

/** What can be done with a run, in its own process or over its control socket. */
export interface Control {
  snapshot(): Promise<Snapshot>;
  /** Resolves when the new workers are ready and the retired ones have finished. */
  scale(changes: readonly ScaleChange[]): Promise<ScaleResult>;
  /** Restarts the process of a node; a worker finishes its jobs first. Resolves when it is ready again. */
  restart(node: string): Promise<void>;
  /** Ends the process of a node at once, by SIGKILL, and so all it hosts; it is started again. Resolves when it is gone. */
  kill(node: string): Promise<void>;
  /** Gives jobs that could not be done to their owners once more; resolves when they have them. */
  resend(letters: readonly DeadLetter[]): Promise<void>;
  /** The way of a request through the graph, by the id that its client was told. */
  trace(request: string): Promise<Trace>;
  /** The slowest requests and source jobs that ended in the last minute, the slowest first; at most ten. */
  slowest(count: number): Promise<readonly Trace[]>;
  /** Resolves when every process of the run is gone. */
  stop(options?: StopOptions): Promise<StopResult>;
  /** The first event is a snapshot, and nothing is missed between it and the next. Returns how to end it. */
  watch(onEvent: (event: RunEvent) => void, options?: WatchOptions): () => void;
}

export interface WatchOptions {
  /** Only events of these types; the end of the run is told in any case. Default: all. */
  readonly types?: readonly RunEvent["type"][];
  /** Before the first snapshot come the lifecycle events of the past, the oldest first, as far as they are kept. */
  readonly past?: boolean;
}

export interface ScaleChange {
  readonly stage: string;
  readonly to: number | { readonly delta: number };
}

export interface ScaleResult {
  readonly stages: readonly { readonly stage: string; readonly before: number; readonly after: number }[];
}

export interface StopOptions {
  /** How long unanswered requests are waited for. Default: as long as the run was told when it was started. */
  readonly graceMs?: number;
  /** Do not wait for anything. */
  readonly kill?: boolean;
}

export interface StopResult {
  /** Every request was answered, and nothing had to be killed. */
  readonly clean: boolean;
  /** Requests and jobs that were given up. */
  readonly unanswered: number;
}

export type RunEvent =
  /** First, and then about once a second. */
  | { readonly type: "snapshot"; readonly snapshot: Snapshot }
  | { readonly type: "state"; readonly state: RunState }
  | { readonly type: "log"; readonly entry: LogEntry }
  | { readonly type: "lifecycle"; readonly event: LifecycleEvent }
  /** A source has read all there is, and all of it is done or has failed. */
  | { readonly type: "finished"; readonly source: string; readonly summary: SourceSummary }
  /** A source was stopped before its end. */
  | { readonly type: "interrupted"; readonly source: string; readonly summary: SourceSummary }
  /** A source is not started, because of those that it comes after. */
  | { readonly type: "skipped"; readonly source: string; readonly because: readonly Obstacle[] }
  /** Draining: so many requests are not answered yet. At most one a second. */
  | { readonly type: "waiting"; readonly pending: number };

/** One line of what a node says: of its stdout or stderr, or logged with a level. */
export interface LogEntry {
  /** ms since 1970. */
  readonly time: number;
  /** The node, or the process when that hosts several nodes; "zpipe" for what the supervisor says. */
  readonly node: string;
  /** Of what is logged; what is printed has none. */
  readonly level?: LogLevel;
  /** Where it was printed. */
  readonly stream?: "stdout" | "stderr";
  /** The node that an entry of "zpipe" is about. */
  readonly about?: string;
  readonly text: string;
  /** The line as it was printed, in base64, when it is not UTF-8. */
  readonly bytes?: string;
  /** A piece of a line that was too long: the rest is the next entry of the same node and stream. */
  readonly cut?: true;
}

/** Something that happened to a run, to one of its processes, or to a node. */
export type LifecycleEvent = LifecycleNews & {
  /** Counts from 1 in a run, without gaps: who misses one can tell. */
  readonly number: number;
  /** ms since 1970. */
  readonly time: number;
};

export type LifecycleNews = RunNews | ProcessNews | NodeNews;

type RunNews =
  | { readonly kind: "state"; readonly state: "starting" | "running" | "draining" }
  /** Workers of a stage; told when the new ones are ready and the retired ones gone. */
  | {
      readonly kind: "scaled";
      readonly stage: string;
      readonly before: number;
      readonly after: number;
      readonly reason: string;
    }
  /** Why it cannot go on. */
  | { readonly kind: "failed"; readonly reason: string }
  | ({ readonly kind: "ended" } & StopResult);

/** `node`: the only node of the process; the process itself when that hosts several. */
interface OfProcess {
  readonly node: string;
  readonly process: string;
  /** Undefined when it could not even be started. */
  readonly pid: number | undefined;
}

export interface Death extends OfProcess {
  readonly kind: "died";
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** `exit code 1`, `killed by SIGKILL`, `it could not be started: …`. */
  readonly reason: string;
  /** The last lines of its stderr, at most 20. */
  readonly stderr: readonly string[];
  /** It is started again after so long; undefined: it is given up. */
  readonly againInMs: number | undefined;
}

type ProcessNews =
  | (OfProcess & { readonly kind: "started" })
  | (OfProcess & { readonly kind: "restarted"; readonly restarts: number })
  | Death
  /** As it was asked to. */
  | (OfProcess & { readonly kind: "exited"; readonly exitCode: number | null; readonly signal: string | null })
  /** Its requests and jobs are answered, and it takes no more. */
  | { readonly kind: "drained"; readonly node: string; readonly process: string };

type NodeNews =
  | { readonly kind: "ready"; readonly node: string; readonly process: string; readonly url?: string }
  /** A worker has finished its last job and is gone. */
  | { readonly kind: "retired"; readonly node: string; readonly process: string }
  /** A source has come to its end. */
  | { readonly kind: "finished"; readonly node: string; readonly done: number; readonly failed: number };
