import type { LogEntry } from "../control/types.js";
import type { Snapshot } from "../metrics/snapshot.js";
import type { History } from "./history.js";

/** What is known of the run: all that the view-model shows beside the user's own choices. */
export interface Live {
  /** Of the run. */
  readonly name: string;
  readonly link: Link;
  /** The latest; undefined before the first. */
  readonly snapshot: Snapshot | undefined;
  readonly history: History;
  /** The latest, the oldest first. */
  readonly logs: readonly LogEntry[];
  /** Local times in ms, as Date.now() gives them. */
  readonly heardAt: number;
  readonly now: number;
}

/** "gone": it has ended, or does not answer; it is looked for until it is back. */
export type Link = "live" | "gone";
