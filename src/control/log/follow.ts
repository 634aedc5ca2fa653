import { setTimeout as pause } from "node:timers/promises";
import type { LogEntry } from "../types.js";
import { listLogFiles } from "./files.js";
import { type LogPosition, readOn } from "./read.js";

const POLL_MS = 100;

export interface Following {
  readonly directory: string;
  readonly from: LogPosition;
  readonly onEntry: (entry: LogEntry) => void;
  /** Files were turned over, and removed, faster than they could be read. */
  readonly onGap: () => void;
  /** The run has ended: what is in its log now is all. */
  readonly ended: () => boolean;
  /** Nobody reads any more. */
  readonly signal: AbortSignal;
}

/** Gives what is written to the log of a run, over the turn of its files, until the run has ended or nobody reads any more. */
export async function followLog({ directory, from, onEntry, onGap, ended, signal }: Following): Promise<void> {
  const wanted = () => !signal.aborted;
  let position = from;
  while (wanted()) {
    // Asked before the last look.
    const isLast = ended();
    const { run, number } = position.file;
    const behind = (await listLogFiles(directory)).filter((file) => file.run === run && file.number > number);
    // A file is complete before the next one is there.
    const reached = await readOn(position, onEntry, wanted);
    position = reached ?? position;
    const next = behind[0];
    if (next !== undefined) {
      if (reached === undefined || next.number > number + 1) onGap();
      position = { file: next, offset: 0 };
    } else if (isLast) {
      return;
    } else {
      await pause(POLL_MS, undefined, { signal }).catch(() => {});
    }
  }
}
