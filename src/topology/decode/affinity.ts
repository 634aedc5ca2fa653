import { aString, type Kind, oneOf } from "../kinds.js";
import { isData, type Table } from "../table.js";
import type { Deliver, Match, Stage, WorkerCount } from "../types.js";

const fieldPath: Kind<string> = {
  expected: 'the name of a field of the job, such as "user" or "order.user"',
  read: (value) => (typeof value === "string" && /^[^.]+(\.[^.]+)*$/.test(value) ? value : undefined),
};

const shortMatch: Kind<string> = {
  expected: `${fieldPath.expected}, or a table such as { job = "tile", worker = "tiles" }`,
  read: (value) => fieldPath.read(value),
};

/** Which workers of a stage a job goes to: `key`, `match` and `deliver`. */
export function decodeAffinity(table: Table, workers: WorkerCount): Pick<Stage, "key" | "match" | "deliver"> {
  const key = decodeKey(table);
  const match = decodeMatch(table);
  if (table.has("key") && table.has("match")) {
    const message = "a stage has either key or match, not both: each of them says which worker a job goes to";
    table.problem(["match"], message);
  }
  const deliver = decodeDeliver(table, workers);
  if (deliver === "all") checkCopies(table);
  return { key, match, deliver };
}

/** `deliver`, of a stage or a sink. */
export function decodeDeliver(table: Table, { sizing }: WorkerCount): Deliver {
  const deliver = table.get("deliver", oneOf<Deliver>(["one", "all"]), "one");
  if (deliver === "all" && sizing !== undefined) {
    const message = "a pool that delivers to all cannot size itself: one worker more takes nothing off the others";
    table.problem(["workers"], message, "a fixed number of workers, which zpipe scale changes");
  }
  return deliver;
}

/** What every worker gets is not for one of them, or for one of its threads. */
function checkCopies(table: Table): void {
  for (const key of ["key", "match"]) {
    if (!table.has(key)) continue;
    const message = `every worker gets a copy of each job, so no ${key} can say which of them gets it`;
    table.problem(["deliver"], message, `leave out ${key}, or deliver`);
  }
  if (table.has("threads")) {
    const message = "a stage with threads cannot deliver to all: only one of a worker's threads would get the copy";
    table.problem(["deliver"], message, "more workers instead of threads");
  }
}

function decodeKey(table: Table): string | undefined {
  const key = table.get("key", fieldPath, undefined);
  if (key === undefined || !table.has("threads")) return key;
  const message = "a stage with threads can have no key: they share no memory, so equal keys would still be apart";
  table.problem(["key"], message, "more workers instead of threads");
  return undefined;
}

function decodeMatch(stage: Table): Match | undefined {
  if (!stage.has("match")) return undefined;
  if (stage.has("threads")) {
    const message = "a stage with threads can have no match: they share no memory, so what one has another has not";
    stage.problem(["match"], message, "more workers instead of threads");
  }
  if (!isData(stage.at("match").value)) {
    const job = stage.get("match", shortMatch, undefined);
    return job === undefined ? undefined : { job, worker: job, otherwise: "any" };
  }
  const table = stage.table("match", "match")!;
  if (!table.has("job")) table.missing("job");
  const job = table.get("job", fieldPath, "");
  const worker = table.get("worker", aString, job);
  const otherwise = table.get("otherwise", oneOf<Match["otherwise"]>(["any", "one", "wait"]), "any");
  table.finish();
  return { job, worker, otherwise };
}
