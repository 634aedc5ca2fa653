import { messageOf } from "../../errors.js";
import { parseCron } from "../cron.js";
import { aDuration, aString, aWholeNumber, oneOf } from "../kinds.js";
import type { Table } from "../table.js";
import type { Schedule, TickInput } from "../types.js";

/** A second: what a schedule that could not be made out stands as, beside the problem that says so. */
const FALLBACK_MS = 1000;

/** The keys of a source with `every` or `cron`. */
export function decodeTicks(table: Table, key: "every" | "cron"): TickInput {
  for (const limit of ["max_in_flight", "max_in_flight_bytes"]) {
    if (table.has(limit)) table.problem([limit], "a source of ticks has one job at a time");
  }
  if (table.has("limit")) table.problem(["limit"], "how many ticks there are is said by ticks");
  return {
    kind: "ticks",
    schedule: key === "every" ? decodeEvery(table) : decodeCron(table),
    overlap: table.get("overlap", oneOf(["skip", "wait"] as const), "skip"),
    limit: table.get("ticks", aWholeNumber(1), undefined),
  };
}

function decodeEvery(table: Table): Schedule {
  return { kind: "every", ms: table.get("every", aDuration, FALLBACK_MS) };
}

function decodeCron(table: Table): Schedule {
  const pattern = table.get("cron", aString, undefined);
  const timezone = table.get("timezone", aString, undefined);
  if (pattern === undefined) return { kind: "every", ms: FALLBACK_MS };
  try {
    // By itself first, so that what is wrong is told where it stands.
    if (parseCron(pattern, undefined).next(Date.now()) === undefined) {
      table.problem(["cron"], `cron ${JSON.stringify(pattern)} is never due`);
    }
  } catch (error) {
    const reason = messageOf(error).replace(/^CronPattern: /, "");
    table.problem(["cron"], `cron is not valid: ${reason}`, 'for example "*/5 * * * *": every five minutes');
    return { kind: "every", ms: FALLBACK_MS };
  }
  if (timezone !== undefined && !isTimezone(timezone)) {
    const message = `there is no timezone ${JSON.stringify(timezone)}`;
    table.problem(["timezone"], message, 'a name of the IANA database, such as "Europe/Oslo" or "UTC"');
    return { kind: "every", ms: FALLBACK_MS };
  }
  return { kind: "cron", pattern, timezone };
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
