import { inspect } from "node:util";
import { decodeJson, encodeJson } from "../protocol/json.js";

/**
 * Log fields may hold anything; what cannot be sent to another process or thread, or would look different there, goes
 * as text.
 */
export function plainFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  try {
    return typeof value === "function" ? inspect(value) : decodeJson(encodeJson(value));
  } catch {
    return inspect(value);
  }
}
