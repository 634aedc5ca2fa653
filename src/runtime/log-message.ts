import { inspect } from "node:util";
import type { LogEntry } from "../control/types.js";
import type { FromChild } from "../plan/child.js";

type LogMessage = Extract<FromChild, { readonly type: "log" }>;

/** The fields of a logged message follow its text as `key=value`. */
export function messageEntry({ node, level, time, message, fields = {} }: LogMessage): LogEntry {
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${show(value)}`);
  return { time, node, level, text: [message, ...pairs].join(" ") };
}

function show(value: unknown): string {
  if (typeof value === "string" && /^[\w./:@-]+$/.test(value)) return value;
  try {
    return JSON.stringify(value);
  } catch {
    // A bigint, or an object within itself: no line of a worker may end the supervisor.
    return inspect(value, { breakLength: Number.POSITIVE_INFINITY });
  }
}
