import { aBoolean, aDuration, aString, aWholeNumber, type Kind } from "../kinds.js";
import type { Located } from "../problem.js";
import { Table } from "../table.js";
import type { SystemTest, TestAct } from "../types.js";
import type { Context } from "./context.js";
import { aStatus, decodeValue, readSample } from "./sample.js";

/** One `[[tests]]` table; none, with problems noted, when it does not say what to do. */
export function decodeTest(located: Located, context: Context): readonly SystemTest[] {
  const table = Table.open(located, "[[tests]]", context.problems);
  if (table === undefined) return [];
  const given = table.get("name", aString, undefined);
  const act = decodeAct(table, context);
  const test: Omit<SystemTest, "act" | "name"> = {
    without: namesIn(table, "without"),
    kill: namesIn(table, "kill"),
    withinMs: table.get("within", aDuration, undefined),
    notBeforeMs: table.get("not_before", aDuration, undefined),
  };
  table.finish();
  checkTimes(table, test);
  if (act === undefined) return [];
  const whole: SystemTest = { name: given ?? titleOf(act), act, ...test };
  context.origins.set(whole, located);
  return [whole];
}

function decodeAct(table: Table, context: Context): TestAct | undefined {
  const found = ["request", "stage", "jobs"].filter((key) => table.has(key));
  if (found.length > 1) {
    table.problem([found[1]!], "only one of request, stage or jobs can be given");
    // What belongs to the others is not unknown.
    for (const key of KEYS_OF_ACTS) table.has(key);
    return undefined;
  }
  switch (found[0]) {
    case "request": {
      const sample = readSample(table, context);
      return sample && { kind: "request", sample };
    }
    case "stage":
      return decodeStageAct(table, context);
    default:
      return decodeBatch(table, context);
  }
}

const KEYS_OF_ACTS = "body content_type status answer job result source results sink ordered failed".split(" ");

function decodeStageAct(table: Table, context: Context): TestAct | undefined {
  const stage = table.get("stage", aString, undefined);
  const job = decodeValue(table, "job", context);
  if (job === undefined) table.missing("job", "the value that the stage is given");
  const status = table.get("status", aStatus, 200);
  const result = decodeValue(table, "result", context);
  if (stage === undefined || job === undefined) return undefined;
  return { kind: "stage", stage, job: job.value, status, result };
}

function decodeBatch(table: Table, context: Context): TestAct | undefined {
  const hasJobs = table.has("jobs");
  const jobs = decodeList(table, "jobs", context);
  const results = decodeList(table, "results", context);
  const source = table.get("source", aString, undefined);
  if (!hasJobs && !table.has("results") && source === undefined) {
    table.missing("request, stage, jobs or results", 'for example request = "GET /?n=1"');
    for (const key of KEYS_OF_ACTS) table.has(key);
    return undefined;
  }
  return {
    kind: "batch",
    source,
    jobs,
    results,
    sink: table.get("sink", aString, undefined),
    ordered: table.get("ordered", aBoolean, false),
    failed: table.get("failed", aWholeNumber(0), 0),
  };
}

const aList: Kind<readonly unknown[]> = {
  expected: "an array of values",
  read: (value) => (Array.isArray(value) ? (value as readonly unknown[]) : undefined),
};

function decodeList(table: Table, key: string, context: Context): readonly unknown[] | undefined {
  const isList = table.get(key, aList, undefined) !== undefined;
  return isList ? (decodeValue(table, key, context)!.value as readonly unknown[]) : undefined;
}

function namesIn(table: Table, key: string): readonly string[] {
  return table.has(key) ? table.names(key, "the name of a stage") : [];
}

function checkTimes(table: Table, { withinMs, notBeforeMs }: Pick<SystemTest, "withinMs" | "notBeforeMs">): void {
  if (withinMs === undefined || notBeforeMs === undefined || notBeforeMs < withinMs) return;
  table.problem(["not_before"], "not_before must be less than within: the test could never pass");
}

/** What a test without a name is called. */
function titleOf(act: TestAct): string {
  switch (act.kind) {
    case "request":
      return `${act.sample.method} ${act.sample.target}`;
    case "stage":
      return `stage ${act.stage}`;
    case "batch":
      return act.source === undefined ? "batch" : `batch of ${act.source}`;
  }
}
