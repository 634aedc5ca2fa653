import { open, stat } from "node:fs/promises";
import type { LogEntry } from "../types.js";
import { decodeEntry } from "./codec.js";
import type { LogFile } from "./files.js";
import { endOfLines, linesBefore, linesFrom } from "./lines.js";

/** Where reading goes on. */
export interface LogPosition {
  readonly file: LogFile;
  readonly offset: number;
}

export interface Reading {
  readonly files: readonly LogFile[];
  /** The files are read from the end, as far as it takes, when it is given. */
  readonly lines: number | undefined;
  /** ms since 1970: what is older need not be read. */
  readonly since: number | undefined;
  readonly accepts: (entry: LogEntry) => boolean;
  readonly onEntry: (entry: LogEntry) => void;
  /** Becomes false when nobody reads any more. */
  readonly wanted: () => boolean;
}

/** Gives the entries that are there, the oldest first; undefined when there is no file. */
export async function readLog(reading: Reading): Promise<LogPosition | undefined> {
  return reading.lines === undefined ? readForwards(reading) : readBackwards(reading, reading.lines);
}

async function readForwards({ files, since, accepts, onEntry, wanted }: Reading): Promise<LogPosition | undefined> {
  let position: LogPosition | undefined;
  for (const file of files) {
    position = { file, offset: 0 };
    if (file !== files.at(-1) && (await isOlder(file, since))) continue;
    position = (await readOn(position, (entry) => accepts(entry) && onEntry(entry), wanted)) ?? position;
  }
  return position;
}

async function readBackwards(reading: Reading, lines: number): Promise<LogPosition | undefined> {
  const { files, since, accepts, onEntry, wanted } = reading;
  const found: LogEntry[] = [];
  let end: LogPosition | undefined;
  for (const file of [...files].reverse()) {
    if (end !== undefined && (found.length >= lines || !wanted() || (await isOlder(file, since)))) break;
    await using(file, async (handle) => {
      const { size } = await handle.stat();
      end ??= { file, offset: await endOfLines(handle, size) };
      if (lines === 0) return;
      for await (const line of linesBefore(handle, size)) {
        const entry = decodeEntry(line);
        if (entry !== undefined && accepts(entry)) found.push(entry);
        if (found.length >= lines || !wanted() || isLongBefore(entry, since)) break;
      }
    });
  }
  for (const entry of found.reverse()) onEntry(entry);
  return end;
}

/** Reads what has been written behind the position; gives the next one, or undefined when the file is gone. */
export async function readOn(
  { file, offset }: LogPosition,
  onEntry: (entry: LogEntry) => void,
  wanted: () => boolean,
): Promise<LogPosition | undefined> {
  let next: number | undefined;
  await using(file, async (handle) => {
    const onLine = (line: string) => {
      const entry = decodeEntry(line);
      if (entry !== undefined) onEntry(entry);
    };
    next = await linesFrom(handle, offset, onLine, wanted);
  });
  return next === undefined ? undefined : { file, offset: next };
}

/** A log that is turned over may lose its oldest file just now. */
async function using(file: LogFile, use: (handle: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> {
  const handle = await open(file.path).catch(ignoreMissing);
  if (handle === undefined) return;
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}

/** A file was last written after the times of all its entries, by a clock that may lag a little. */
const CLOCK_LAG_MS = 1_000;

async function isOlder({ path }: LogFile, since: number | undefined): Promise<boolean> {
  if (since === undefined) return false;
  const stats = await stat(path).catch(ignoreMissing);
  return stats === undefined || stats.mtimeMs < since - CLOCK_LAG_MS;
}

/** Entries come nearly in the order of their times: one that a node has logged may have waited on its way. */
const DISORDER_MS = 60_000;

function isLongBefore(entry: LogEntry | undefined, since: number | undefined): boolean {
  return entry !== undefined && since !== undefined && entry.time < since - DISORDER_MS;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT") return undefined;
  throw error;
}
