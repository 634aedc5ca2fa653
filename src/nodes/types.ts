import type { DeadLetter, FromChild, LogLevel, NodeStats, Unproven } from "../plan/child.js";
import type { LoadOrder, LoadReport } from "../plan/load.js";
import type { TraceAnswer, TraceQuestion } from "../plan/trace.js";
import type { Network } from "../transport/network.js";

/** What a node finds in the process that hosts it. */
export interface NodeContext {
  readonly network: Network;
  /** Says something to the supervisor. */
  tell(message: FromChild): void;
  /** Ends the process: the node cannot go on. A ZpipeError is the user's to mend, and ends the run. */
  fail(error: unknown, unproven?: Unproven): void;
  /** Where the node may keep a file for its next life in this run; the file is gone with the run. */
  readonly directory: string;
  /** How often its process has been started before. */
  readonly lives: number;
  /** The file of jobs that could not be done. */
  readonly deadLetters: string;
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A node at work in this process. */
export interface RunningNode {
  stats(): NodeStats;
  /** Owners, proxies and sinks: what they know of the way of requests. */
  trace?(question: TraceQuestion): TraceAnswer;
  /** Ends it in an orderly way; resolves when nothing of it is left. */
  close(): Promise<void>;
  /** Workers: hand back what is not started, finish what runs; resolves when the proxy has said goodbye. */
  retire?(): Promise<void>;
  /** Owners: begin. @param isFinished an earlier life of it has come to its end: there is nothing left to begin with */
  serve?(isFinished: boolean): void;
  /** Owners: take no more; resolves when the last request is answered. @param complete every source has come to its end */
  drain?(complete: boolean): Promise<void>;
  /** Owners: take these once more. */
  resend?(letters: readonly DeadLetter[]): void;
  /** Owners of requests: make this load and hand it straight to the graph. */
  drive?(order: LoadOrder): Promise<LoadReport>;
  /** Proxies: an owner died. */
  dropSession?(session: number): void;
}

/** A node is made in two steps, so that every inbox listens before anything connects to it. */
export interface BoundNode {
  /** Endpoints of its inboxes that other processes can reach, by inbox name. */
  readonly endpoints: Readonly<Record<string, string>>;
  start(): Promise<RunningNode>;
  /** Workers: it will not be started; resolves when nothing of what it has prepared is left. */
  drop?(): Promise<void>;
}
