import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What the run directory tells about a run: `run.json`. */
export interface RunRecord {
  readonly name: string;
  /** Of the supervisor. */
  readonly pid: number;
  /** Absolute path of the topology file. */
  readonly topology: string;
  /** Where requests go; undefined until the server listens. */
  readonly url?: string;
  /** Where Prometheus finds its metrics; undefined: nowhere. */
  readonly metricsUrl?: string;
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly placement: string;
  readonly transport: string;
  /** Where the sockets are: the run directory, or a short path when that is too long for a unix socket. */
  readonly directory: string;
}

export const RECORD_FILE = "run.json";

export function controlSocket(record: RunRecord): string {
  return join(record.directory, "control.sock");
}

/** Undefined when there is none, or none that zpipe wrote. */
export async function readRecord(runDirectory: string): Promise<RunRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(runDirectory, RECORD_FILE), "utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is RunRecord {
  if (typeof value !== "object" || value === null) return false;
  const { name, pid, directory, startedAt } = value as Record<string, unknown>;
  return [name, directory, startedAt].every((text) => typeof text === "string") && Number.isInteger(pid);
}
