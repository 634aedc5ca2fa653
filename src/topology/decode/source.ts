import { dirname, resolve } from "node:path";
import { aBoolean, aDuration, aSize, aString, aWholeNumber, type Kind } from "../kinds.js";
import { checkName } from "../names.js";
import type { Located } from "../problem.js";
import { Table } from "../table.js";
import type { Source, SourceInput } from "../types.js";
import type { Context } from "./context.js";
import { decodeEnv, decodeModule, modulePath } from "./stage.js";
import { decodeTicks } from "./ticks.js";

const MIB = 1024 ** 2;

/** `[sources.X]` */
export function decodeSource(name: string, located: Located, context: Context): Source | undefined {
  const table = Table.open(located, `[sources.${name}]`, context.problems);
  if (table === undefined) return undefined;
  checkName("source", name, located, context.problems);
  const input = decodeInput(table, context);
  const source: Source = {
    name,
    input,
    to: table.names("to", "the name of a stage"),
    maxInFlight: input.kind === "ticks" ? 1 : table.get("max_in_flight", aWholeNumber(1, 100_000_000), 4096),
    maxInFlightBytes: table.get("max_in_flight_bytes", aSize, 64 * MIB),
    timeoutMs: table.get("timeout", aDuration, undefined),
    priority: table.get("priority", aWholeNumber(0, 255), 0),
    limit: table.get("limit", aWholeNumber(1), undefined),
    checkpoint: decodePath(table, "checkpoint"),
    after: table.has("after") ? table.names("after", "the name of a source") : [],
    despiteFailures: decodeDespite(table),
    env: decodeEnv(table),
  };
  table.finish();
  context.origins.set(source, located);
  return source;
}

function decodeDespite(table: Table): boolean {
  const despite = table.get("despite_failures", aBoolean, false);
  if (table.has("despite_failures") && !table.has("after")) {
    table.problem(["despite_failures"], "despite_failures is about the sources in after, and there is no after");
  }
  return despite;
}

const generatorPath: Kind<string> = { ...modulePath, hint: () => 'for JSON lines: file = "…" or stdin = true' };

function decodeInput(table: Table, context: Context): SourceInput {
  const key = oneKeyOf(table, ["stdin", "file", "run", "every", "cron"]);
  switch (key) {
    case "every":
    case "cron":
      return decodeTicks(table, key);
    case "stdin":
      table.get("stdin", isTrue, true);
      return { kind: "stdin" };
    case "file": {
      const path = decodePath(table, "file") ?? "";
      if (path !== "" && context.reader.isDirectory(path)) table.problem(["file"], `a directory, not a file: ${path}`);
      else if (path !== "" && !context.reader.exists(path)) table.problem(["file"], `file not found: ${path}`);
      return { kind: "file", path };
    }
    default:
      return decodeModule(table, context, generatorPath, "source");
  }
}

export const isTrue: Kind<boolean> = { expected: "true", read: (value) => (aBoolean.read(value) ? true : undefined) };

/** The one of them that the table has; a problem when there is none, or more than one. */
export function oneKeyOf(table: Table, keys: readonly string[]): string | undefined {
  const found = keys.filter((key) => table.has(key));
  const list = `${keys.slice(0, -1).join(", ")} or ${keys.at(-1)}`;
  if (found.length === 0) table.missing(list);
  if (found.length > 1) table.problem([found[1]!], `only one of ${list} can be given`);
  return found[0];
}

/** Relative to the file that names it. */
export function decodePath(table: Table, key: string): string | undefined {
  const path = table.get(key, aString, undefined);
  return path === undefined ? undefined : resolve(dirname(table.place.file), path);
}
