import { aWholeNumber, type Kind } from "../kinds.js";
import { checkName } from "../names.js";
import type { Located } from "../problem.js";
import { Table } from "../table.js";
import type { Run, Stage } from "../types.js";
import { decodeDeliver } from "./affinity.js";
import type { Context } from "./context.js";
import { decodePath, isTrue, oneKeyOf } from "./source.js";
import { decodeEnv, decodeModule, decodeWorkers, modulePath, NO_RUN } from "./stage.js";

/** What writes lines, writes one after the other. */
const ONE = { min: 1, max: 1, initial: 1, sizing: undefined };

/** `[sinks.X]` */
export function decodeSink(name: string, located: Located, context: Context): Stage | undefined {
  const table = Table.open(located, `[sinks.${name}]`, context.problems);
  if (table === undefined) return undefined;
  checkName("sink", name, located, context.problems);
  const run = decodeOutput(table, context);
  const workers = run.kind === "module" ? decodeWorkers(table, 1) : ONE;
  const sink: Stage = {
    name,
    role: "sink",
    run,
    workers,
    join: undefined,
    threads: undefined,
    concurrency: run.kind === "module" ? table.get("concurrency", aWholeNumber(1, 10_000), 1) : 1,
    maxAttempts: table.get("max_attempts", aWholeNumber(1, 1000), 3),
    retries: table.get("retries", aWholeNumber(0, 1000), 0),
    key: undefined,
    match: undefined,
    deliver: run.kind === "module" ? decodeDeliver(table, workers) : "one",
    env: decodeEnv(table),
  };
  table.finish();
  context.origins.set(sink, located);
  return sink;
}

const collectorPath: Kind<string> = { ...modulePath, hint: () => 'for JSON lines: file = "…" or stdout = true' };

function decodeOutput(table: Table, context: Context): Run {
  switch (oneKeyOf(table, ["stdout", "file", "run"])) {
    case "stdout":
      table.get("stdout", isTrue, true);
      return { kind: "stdout" };
    case "file": {
      const path = decodePath(table, "file");
      return path === undefined ? NO_RUN : { kind: "file", path };
    }
    default:
      return decodeModule(table, context, collectorPath, "sink");
  }
}
