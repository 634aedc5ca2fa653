import type { LogLevel } from "../../plan/child.js";
import type { LogEntry } from "../types.js";

/** Which entries of a log are wanted. */
export interface LogQuery {
  /** Nodes, stages with all their nodes, or processes; none: all. */
  readonly nodes: readonly string[];
  /** ms since 1970. */
  readonly since: number | undefined;
  readonly grep: RegExp | undefined;
  /** This one and those above. */
  readonly level: LogLevel | undefined;
}

/** Upwards. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

/** What is printed has no level of its own: it counts as "info" on stdout, and as "warn" on stderr. */
export function levelOf({ level, stream }: LogEntry): LogLevel {
  return level ?? (stream === "stderr" ? "warn" : "info");
}

export function matches(entry: LogEntry, { nodes, since, grep, level }: LogQuery): boolean {
  if (since !== undefined && entry.time < since) return false;
  if (level !== undefined && LOG_LEVELS.indexOf(levelOf(entry)) < LOG_LEVELS.indexOf(level)) return false;
  if (nodes.length > 0 && !nodes.some((name) => concerns(entry, name))) return false;
  return grep === undefined || grep.test(entry.text);
}

/** `sum.1` for a worker; for a stage its proxy and its workers. */
function concerns({ node, about }: LogEntry, name: string): boolean {
  return isOf(node, name) || (about !== undefined && isOf(about, name));
}

/** Whether a node is the named one, or a worker of the named stage. */
export function isOf(node: string, name: string): boolean {
  return node === name || (node.startsWith(name) && /^\.\d+$/.test(node.slice(name.length)));
}
