import { aWholeNumber } from "../kinds.js";
import { below, type Located, type Problem } from "../problem.js";
import { isData, type Table } from "../table.js";
import type { StaticAnswer } from "../types.js";

const GATEWAY_TIMEOUT = 504;

/** `{ status = 200, body = … }` */
export function decodeAnswer(table: Table, key: string, problems: Problem[]): StaticAnswer | undefined {
  const answer = table.table(key, key);
  if (answer === undefined) return undefined;
  const status = answer.get("status", aWholeNumber(200, 599), GATEWAY_TIMEOUT);
  const body = toJson(answer.at("body"), problems);
  answer.finish();
  return { status, body };
}

/** TOML data as JSON data: whole numbers as numbers, dates as strings. */
function toJson(located: Located, problems: Problem[]): unknown {
  const { value } = located;
  if (typeof value === "bigint") {
    if (Number.isSafeInteger(Number(value))) return Number(value);
    problems.push({
      file: located.file,
      path: located.path,
      message: `${value} is too large a number for JSON`,
      hint: "write it as a string",
    });
    return 0;
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    problems.push({ file: located.file, path: located.path, message: `JSON has no ${value}` });
    return 0;
  }
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value))
    return value.map((item: unknown, index) => toJson({ ...below(located, index), value: item }, problems));
  if (!isData(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    toJson({ ...below(located, key), value: item }, problems),
  ]);
  return Object.fromEntries(entries) as unknown;
}
