import { inspect } from "node:util";
import type { LogEntry } from "../control/types.js";
import type { FromChild } from "../plan/child.js";
import type { Line } from "./lines.js";

type LogMessage = Extract<FromChild, { readonly type: "log" }>;

/** The fields of a logged message follow its text as `key=value`. */
export function messageEntry({ node, level, time, message, fields = {} }: LogMessage): LogEntry {
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${show(value)}`);
  return { time, node, level, text: [message, ...pairs].join(" ") };
}

/** A line that a process has printed. */
export function lineEntry(node: string, stream: "stdout" | "stderr", { text, bytes, cut }: Line): LogEntry {
  const entry = { time: Date.now(), node, stream, text };
  if (bytes === undefined && cut === undefined) return entry;
  return { ...entry, ...(bytes && { bytes: bytes.toString("base64") }), ...(cut && { cut }) };
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
