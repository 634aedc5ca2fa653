import { encodeEntry } from "../control/log/codec.js";
import { formatEntry } from "../control/log/format.js";
import type { LogEntry } from "../control/types.js";
import { messageOf } from "../errors.js";
import { LogFiles } from "./log-files.js";

/** Where the lines of all nodes go. Lines are whole: two of them never mix. */
export interface LogSink {
  /** @param quiet only the log has it, not those who look on */
  write(entry: LogEntry, quiet?: boolean): void;
  /** Writes what is left. */
  close(): void;
}

export interface Echo {
  write(text: string): unknown;
}

export interface LogSinkOptions {
  /** Of the logs of all runs of this name. */
  readonly directory: string;
  /** What the run may keep, and again as much of the runs before. */
  readonly maxBytes: number;
  /** Where people see it; undefined when nobody looks. */
  readonly echo?: Echo | undefined;
  readonly colour?: boolean;
}

export function openLogSink({ directory, maxBytes, echo, colour = false }: LogSinkOptions): LogSink {
  const files = new LogFiles(directory, maxBytes, Date.now());
  let pending: string[] = [];
  let seen: string[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  let closed = false;
  let complete = true;
  // A full disk is no reason to end the run.
  const attempt = (action: () => void) => {
    try {
      action();
    } catch (error) {
      if (complete) echo?.write(`the log in ${directory} is incomplete: ${messageOf(error)}\n`);
      complete = false;
    }
  };
  // One write for all lines of a turn of the event loop: a child that floods costs a few system calls, not thousands.
  // Written synchronously, so that a flood slows down its reader instead of filling the memory.
  const flush = () => {
    scheduled = undefined;
    const [lines, shown] = [pending.join(""), seen.join("")];
    pending = [];
    seen = [];
    if (lines !== "") attempt(() => files.write(lines));
    if (shown !== "") echo?.write(shown);
  };
  return {
    write: (entry, quiet = false) => {
      // A line that was still in a pipe when its process was given up.
      if (closed) return;
      pending.push(encodeEntry(entry));
      if (echo !== undefined && !quiet) seen.push(formatEntry(entry, colour, entry.time));
      scheduled ??= setImmediate(flush);
    },
    close: () => {
      if (scheduled) clearImmediate(scheduled);
      flush();
      closed = true;
      attempt(() => files.close());
    },
  };
}
