import { dirname, extname, resolve } from "node:path";
import { aDuration, aText, aWholeNumber, type Kind, strings } from "../kinds.js";
import { checkName } from "../names.js";
import type { Located } from "../problem.js";
import { isData, Table } from "../table.js";
import type { Join, Run, Stage, WorkerCount } from "../types.js";
import { decodeAffinity } from "./affinity.js";
import type { Context } from "./context.js";

const MOST_WORKERS = 1024;
const MOST_THREADS = 256;
const MOST_AT_A_TIME = 10_000;
const MODULE_EXTENSIONS = [".js", ".mjs", ".ts", ".mts"];

/**
 * `[stages.X]`
 * @param leastWorkers 0 when workers of other hosts may do all
 */
export function decodeStage(name: string, located: Located, leastWorkers: number, context: Context): Stage | undefined {
  const table = Table.open(located, `[stages.${name}]`, context.problems);
  if (table === undefined) return undefined;
  checkName("stage", name, located, context.problems);
  const run = decodeRun(table, context);
  const threads = decodeThreads(table);
  const workers = decodeWorkers(table, leastWorkers);
  const stage: Stage = {
    name,
    role: "stage",
    run,
    workers,
    join: decodeJoin(table),
    threads,
    concurrency: decodeConcurrency(table, threads ?? 1),
    maxAttempts: table.get("max_attempts", aWholeNumber(1, 1000), 3),
    retries: table.get("retries", aWholeNumber(0, 1000), 0),
    ...decodeAffinity(table, workers),
    env: decodeEnv(table),
  };
  table.finish();
  context.origins.set(stage, located);
  return stage;
}

/** Stands for a `run` that could not be made out, beside the problem that says so. */
export const NO_RUN: Extract<Run, { kind: "module" }> = { kind: "module", path: "" };

export const modulePath: Kind<string> = {
  expected: `the path of a module (${MODULE_EXTENSIONS.join(", ")})`,
  read: (value) => (typeof value === "string" && MODULE_EXTENSIONS.includes(extname(value)) ? value : undefined),
  hint: (value) => (typeof value === "string" && value !== "" ? "for any other program: command = […]" : undefined),
};

const commandLine: Kind<readonly string[]> = {
  expected: 'an array of a program and its arguments, such as ["python3", "worker.py"]',
  read: (value) => (Array.isArray(value) && value.length > 0 ? strings.read(value) : undefined),
};

function decodeRun(table: Table, context: Context): Run {
  const folder = dirname(table.place.file);
  if (table.has("run") && table.has("command")) {
    table.problem(["command"], "a stage has either run or command, not both");
    return NO_RUN;
  }
  if (table.has("command")) {
    const argv = table.get("command", commandLine, undefined);
    return argv === undefined ? NO_RUN : { kind: "command", argv, cwd: folder };
  }
  if (!table.has("run")) {
    table.missing("run or command");
    return NO_RUN;
  }
  return decodeModule(table, context, modulePath, "worker");
}

/** `run`, the path of a module that has to be there. */
export function decodeModule(
  table: Table,
  context: Context,
  kind: Kind<string>,
  what: string,
): Extract<Run, { kind: "module" }> {
  const path = table.get("run", kind, undefined);
  if (path === undefined) return NO_RUN;
  const file = resolve(dirname(table.place.file), path);
  if (!context.reader.exists(file)) table.problem(["run"], `${what} module not found: ${file}`);
  return { kind: "module", path: file };
}

export function decodeWorkers(table: Table, least: number): WorkerCount {
  const aWorkerCount = aWholeNumber(least, MOST_WORKERS);
  if (!isData(table.at("workers").value)) {
    const count = table.get("workers", aWorkerCount, 1);
    return { min: count, max: count, initial: count, sizing: undefined };
  }
  const range = table.table("workers", "workers")!;
  for (const key of ["min", "max"]) if (!range.has(key)) range.missing(key);
  const min = range.get("min", aWorkerCount, 1);
  const max = range.get("max", aWorkerCount, MOST_WORKERS);
  if (max < min) range.problem(["max"], `max must be at least min, which is ${min}, not ${max}`);
  const sizing = { waitMs: range.get("wait", aDuration, 250), idleMs: range.get("idle", aDuration, 30_000) };
  range.finish();
  return { min, max, initial: min, sizing: min < max ? sizing : undefined };
}

function decodeThreads(table: Table): number | undefined {
  if (!table.has("threads")) return undefined;
  if (!table.has("command")) return table.get("threads", aWholeNumber(1, MOST_THREADS), undefined);
  const message = "threads are for a module, and this stage has a command";
  table.problem(["threads"], message, "more workers, or concurrency for a program that does several jobs at a time");
  return undefined;
}

/** @param least every thread of a worker is to have a job, so its proxy must know that it can do so many */
function decodeConcurrency(table: Table, least: number): number {
  const concurrency = table.get("concurrency", aWholeNumber(1, MOST_AT_A_TIME), undefined);
  if (concurrency === undefined || concurrency >= least) return concurrency ?? least;
  const message = `concurrency must be at least threads, which is ${least}, not ${concurrency}`;
  table.problem(["concurrency"], message, "leave it out: each thread does one job at a time then");
  return least;
}

function decodeJoin(table: Table): Join | undefined {
  if (!table.has("join")) return undefined;
  const bare = !Array.isArray(table.at("join").value);
  const stages = table.names("join", "the name of a stage");
  return stages.length === 0 ? undefined : { stages, bare };
}

export function decodeEnv(stage: Table): Readonly<Record<string, string>> {
  const table = stage.table("env", "env");
  return Object.fromEntries((table?.keys() ?? []).map((name) => [name, table!.get(name, aText, "")]));
}
