import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ExitCode, ZpipeError } from "../errors.js";
import { isAlive } from "./alive.js";
import { type Environment, runtimeDirectory } from "./directories.js";
import { type RunRecord, readRecord } from "./record.js";

/** The run of that name, or the only one there is. */
export async function findRun(name?: string, env: Environment = process.env): Promise<RunRecord> {
  const runs = await listRuns(env);
  const found = name === undefined ? runs : runs.filter((run) => run.name === name);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new ZpipeError(`several topologies are running: ${names(found)}`, {
      code: "run-ambiguous",
      exitCode: ExitCode.usage,
      hints: ["Say which one with --name NAME; `zpipe ps` lists them."],
    });
  }
  if (name !== undefined && runs.length > 0) {
    throw new ZpipeError(`no topology named ${JSON.stringify(name)} is running`, {
      code: "run-not-found",
      exitCode: ExitCode.unavailable,
      hints: [`Running now: ${names(runs)}.`],
    });
  }
  throw new ZpipeError("no topology is running", {
    code: "run-not-found",
    exitCode: ExitCode.unavailable,
    hints: ["Start one with `zpipe up FILE`."],
  });
}

/** The live runs of this user, by name. */
export async function listRuns(env: Environment = process.env): Promise<readonly RunRecord[]> {
  const directories = await subdirectories(runtimeDirectory(env));
  const records = await Promise.all(directories.map(readRecord));
  const live = await Promise.all(
    records.map(async (record) => (record !== undefined && (await isAlive(record)) ? [record] : [])),
  );
  return live.flat().sort((a, b) => a.name.localeCompare(b.name));
}

async function subdirectories(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    // A name with a dot in front is a directory that is being made or removed.
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map((entry) => join(directory, entry.name));
  } catch {
    return [];
  }
}

function names(runs: readonly RunRecord[]): string {
  return runs.map((run) => run.name).join(", ");
}
