import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { LogEntry } from "../control/types.js";
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
  // One write for all lines of a turn of the event loop: a child that floods costs a few system calls, not thousands.
  // Written synchronously, so that a flood slows down its reader instead of filling the memory.
  const flush = () => {
    scheduled = undefined;
    const entries = pending;
    pending = [];
    if (entries.length === 0) return;
    writeSync(descriptor, entries.map((entry) => formatEntry(entry, false)).join(""));
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
      closeSync(descriptor);
    },
  };
}

function openRotated(file: string): number {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (existsSync(file)) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}
