import type { RunState, Snapshot } from "../metrics/snapshot.js";
import type { DeadLetter, LogLevel, SourceSummary } from "../plan/child.js";

/** What can be done with a run, in its own process or over its control socket. */
export interface Control {
  snapshot(): Promise<Snapshot>;
  /** Resolves when the new workers are ready and the retired ones have finished. */
  scale(changes: readonly ScaleChange[]): Promise<ScaleResult>;
  /** Restarts the process of a node; a worker finishes its jobs first. Resolves when it is ready again. */
  restart(node: string): Promise<void>;
  /** Gives jobs that could not be done to their owners once more; resolves when they have them. */
  resend(letters: readonly DeadLetter[]): Promise<void>;
  /** Resolves when every process of the run is gone. */
  stop(options?: StopOptions): Promise<StopResult>;
  /** The first event is a snapshot, and nothing is missed between it and the next. Returns how to end it. */
  watch(onEvent: (event: RunEvent) => void): () => void;
}

export interface ScaleChange {
  readonly stage: string;
  readonly to: number | { readonly delta: number };
}

export interface ScaleResult {
  readonly stages: readonly { readonly stage: string; readonly before: number; readonly after: number }[];
}

export interface StopOptions {
  /** How long unanswered requests are waited for. */
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
  /** A source has read all there is, and all of it is done or has failed. */
  | { readonly type: "finished"; readonly source: string; readonly summary: SourceSummary }
  /** Draining: so many requests are not answered yet. At most one a second. */
  | { readonly type: "waiting"; readonly pending: number };

/** One line of what a node says: of its stdout or stderr, or logged with a level. */
export interface LogEntry {
  /** ms since 1970. */
  readonly time: number;
  /** The node, or the process when that hosts several nodes. */
  readonly node: string;
  readonly level?: LogLevel;
  readonly text: string;
}
