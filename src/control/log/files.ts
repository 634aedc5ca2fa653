import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** A file of the log of a run, which has one after the other: `20260102T120304.005Z.000001.jsonl`, one entry a line. */
export interface LogFile {
  /** When the run began; later runs sort behind earlier ones. */
  readonly run: string;
  /** Counts from 1 in a run. */
  readonly number: number;
  readonly path: string;
}

export function logFile(directory: string, run: string, number: number): LogFile {
  return { run, number, path: join(directory, `${run}.${String(number).padStart(6, "0")}.jsonl`) };
}

/** The files that are there, the oldest first. */
export async function listLogFiles(directory: string): Promise<readonly LogFile[]> {
  try {
    return logFilesOf(directory, await readdir(directory));
  } catch {
    return [];
  }
}

export function logFilesOf(directory: string, entries: readonly string[]): readonly LogFile[] {
  const files = entries.flatMap((entry) => {
    const match = /^(\d{8}T\d{6}\.\d{3}Z)\.(\d+)\.jsonl$/.exec(entry);
    return match === null ? [] : [{ run: match[1]!, number: Number(match[2]), path: join(directory, entry) }];
  });
  return files.sort((a, b) => (a.run === b.run ? a.number - b.number : a.run < b.run ? -1 : 1));
}

/** The name of a run that begins now, behind all that are there, whatever the clock has done. */
export function nextRun(files: readonly LogFile[], now: number): string {
  const latest = files.at(-1)?.run;
  return stamp(latest === undefined ? now : Math.max(now, instantOf(latest) + 1));
}

function stamp(time: number): string {
  return new Date(time).toISOString().replace(/[-:]/g, "");
}

function instantOf(run: string): number {
  return Date.parse(run.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/, "$1-$2-$3T$4:$5:"));
}
