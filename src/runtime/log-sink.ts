import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import type { LogEntry } from "../control/types.js";
import { messageOf, ZpipeError } from "../errors.js";
import { formatEntry } from "./log-format.js";

/** Where the lines of all nodes go. Lines are whole: two of them never mix. */
export interface LogSink {
  write(entry: LogEntry): void;
  /** Writes what is left. */
  close(): void;
}

export interface LogSinkOptions {
  /** The log of the run before is kept beside it, as `<file>.1`. */
  readonly file: string;
  /** Where people see it; undefined when nobody looks. */
  readonly echo?: NodeJS.WriteStream | undefined;
  readonly colour?: boolean;
}

export function openLogSink({ file, echo, colour = false }: LogSinkOptions): LogSink {
  const descriptor = openRotated(file);
  let pending: LogEntry[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  let closed = false;
  let complete = true;
  // A full disk is no reason to end the run.
  const attempt = (action: () => void) => {
    try {
      action();
    } catch (error) {
      if (complete) echo?.write(`the log ${file} is incomplete: ${messageOf(error)}\n`);
      complete = false;
    }
  };
  // One write for all lines of a turn of the event loop: a child that floods costs a few system calls, not thousands.
  // Written synchronously, so that a flood slows down its reader instead of filling the memory.
  const flush = () => {
    scheduled = undefined;
    const entries = pending;
    pending = [];
    if (entries.length === 0) return;
    attempt(() => appendFileSync(descriptor, entries.map((entry) => formatEntry(entry, false)).join("")));
    echo?.write(entries.map((entry) => formatEntry(entry, colour)).join(""));
  };
  return {
    write: (entry) => {
      // A line that was still in a pipe when its process was given up.
      if (closed) return;
      pending.push(entry);
      scheduled ??= setImmediate(flush);
    },
    close: () => {
      if (scheduled) clearImmediate(scheduled);
      flush();
      closed = true;
      attempt(() => closeSync(descriptor));
    },
  };
}

function openRotated(file: string): number {
  try {
    makeDirectory(dirname(file));
    if (existsSync(file)) renameSync(file, `${file}.1`);
    return openSync(file, "a", 0o600);
  } catch (cause) {
    throw new ZpipeError(`the log cannot be written: ${messageOf(cause)}`, {
      code: "no-log",
      hints: ["Set XDG_STATE_HOME to a directory that is yours and writable."],
      cause,
    });
  }
}

/** Level by level: Node's own recursive mkdir never returns under /proc. */
function makeDirectory(directory: string): void {
  if (existsSync(directory)) return;
  makeDirectory(dirname(directory));
  mkdirSync(directory, { mode: 0o700 });
}
