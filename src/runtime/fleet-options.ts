import type { Obstacle } from "../control/obstacle.js";
import type { LifecycleNews, LogEntry } from "../control/types.js";
import type { SourceSummary } from "../plan/child.js";
import type { Metadata, Source } from "../topology/types.js";
import type { Compiled } from "./compile.js";
import type { Guardian } from "./guardian.js";

/** What a fleet needs of its run, and whom it tells what. */
export interface FleetOptions {
  /** The module that every child runs. */
  readonly entry: string;
  /** For ipc endpoints. */
  readonly directory: string;
  readonly guardian: Guardian;
  readonly compiled: Promise<Compiled>;
  /** The file of jobs that could not be done. */
  readonly deadLetters: string;
  readonly sources: readonly Source[];
  readonly metadata: Metadata;
  readonly onLog: (entry: LogEntry) => void;
  /** Unanswered requests of an owner that drains. */
  readonly onPending: (process: string, pending: number) => void;
  /** They are not waited for any more. */
  readonly onGaveUp: (process: string, pending: number) => void;
  readonly onUrl: (url: string) => void;
  /** A source has come to its end. */
  readonly onFinished: (source: string, summary: SourceSummary) => void;
  readonly onInterrupted: (source: string, summary: SourceSummary) => void;
  /** A source is not started, since jobs of those before it have failed, or they were not started themselves. */
  readonly onSkipped: (source: string, obstacles: readonly Obstacle[]) => void;
  readonly onLifecycle: (news: LifecycleNews) => void;
  /** Anything has changed. */
  readonly onChange: () => void;
}
