import type { LogEntry } from "../types.js";

/** An entry as the log file has it: a line of JSON, with its end. */
export function encodeEntry(entry: LogEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** Undefined for what is no entry: a line may have been cut off by a death, or by a full disk. */
export function decodeEntry(line: string): LogEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is LogEntry {
  if (typeof value !== "object" || value === null) return false;
  const { time, node, text } = value as Record<string, unknown>;
  return typeof time === "number" && typeof node === "string" && typeof text === "string";
}
