import { below, type Located } from "../problem.js";
import { isData } from "../table.js";
import type { Context } from "./context.js";

/** TOML data as JSON data: integers that a double cannot hold stay bigints. */
export function toValue(located: Located, context: Pick<Context, "problems">): unknown {
  const { value } = located;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === "number" && !Number.isFinite(value)) {
    context.problems.push({ file: located.file, path: located.path, message: `JSON has no ${value}` });
    return 0;
  }
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => toValue({ ...below(located, index), value: item }, context));
  }
  if (!isData(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, toValue({ ...below(located, key), value: item }, context)]),
  );
}
