import { readdir, stat } from "node:fs/promises";
import { logDirectory, stateDirectory } from "../control/directories.js";
import { type LogFile, listLogFiles } from "../control/log/files.js";
import type { RunRecord } from "../control/record.js";
import { findRun, listRuns } from "../control/runs.js";
import { ExitCode, ZpipeError } from "../errors.js";
import { talk } from "./talk.js";

/** Whose log is meant. */
export interface LogTarget {
  readonly name: string;
  readonly directory: string;
  /** Of all runs of that name, the oldest first. */
  readonly files: readonly LogFile[];
  /** Undefined when it is not running. */
  readonly live: RunRecord | undefined;
}

/** The run of that name, or the only one, or else the last that has ended; its log may be of an ended run. */
export async function logTarget(wanted: string | undefined): Promise<LogTarget> {
  const runs = await listRuns();
  if (wanted === undefined && runs.length > 1) await findRun();
  const live = wanted === undefined ? runs[0] : runs.find(({ name }) => name === wanted);
  const name = wanted ?? live?.name ?? (await latestName());
  const directory = logDirectory(name);
  const files = await listLogFiles(directory);
  if (files.length === 0 && live === undefined) throw noLog(name, await loggedNames());
  if (wanted === undefined && live === undefined) talk(`nothing is running; this is the log of the last run, ${name}`);
  return { name, directory, files, live };
}

/** The names of runs of which there is a log. */
export async function loggedNames(): Promise<readonly string[]> {
  const names = await readdir(stateDirectory()).catch(() => []);
  const files = await Promise.all(names.map((name) => listLogFiles(logDirectory(name))));
  return names.filter((_, index) => files[index]!.length > 0).sort();
}

async function latestName(): Promise<string> {
  const latest: { name: string; writtenAt: number }[] = [];
  for (const name of await loggedNames()) {
    const { path } = (await listLogFiles(logDirectory(name))).at(-1)!;
    latest.push({ name, writtenAt: (await stat(path)).mtimeMs });
  }
  const last = latest.sort((a, b) => a.writtenAt - b.writtenAt).at(-1);
  // Says that nothing is running, and how to start something.
  return last?.name ?? (await findRun()).name;
}

function noLog(name: string, names: readonly string[]): ZpipeError {
  return new ZpipeError(`no topology named ${JSON.stringify(name)} is running, and there is no log of one`, {
    code: "run-not-found",
    exitCode: ExitCode.unavailable,
    hints: names.length === 0 ? [] : [`There are logs of: ${names.join(", ")}.`],
  });
}
