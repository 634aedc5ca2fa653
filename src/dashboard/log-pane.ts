import type { LogEntry } from "../control/types.js";
import { BAD, PLAIN, type Row, STRONG, type Style, span, WARNING } from "./style.js";
import { cut, harmless, pad } from "./text.js";

const LONGEST_NODE = 16;

/** Those that the filter leaves: it is looked for in the node's name and in the text. */
export function matching(logs: readonly LogEntry[], filter: string): readonly LogEntry[] {
  if (filter === "") return logs;
  const wanted = filter.toLowerCase();
  return logs.filter(({ node, text }) => `${node} ${text}`.toLowerCase().includes(wanted));
}

/** The last lines that pad, one row each; `offset`: leave out so many at the end. */
export function logPane(logs: readonly LogEntry[], offset: number, width: number, height: number): readonly Row[] {
  const end = Math.max(logs.length - offset, Math.min(height, logs.length));
  const shown = logs.slice(Math.max(end - height, 0), end);
  if (shown.length === 0) return [[span("  nothing yet")]];
  const nodes = Math.min(Math.max(...shown.map(({ node }) => node.length)), LONGEST_NODE);
  return shown.map(({ time, node, level, text }) => [
    span(`${clock(time)} `),
    span(`${pad(node, nodes)} `, STRONG),
    span(
      cut(`${level === "warn" || level === "error" ? `${level}: ` : ""}${harmless(text)}`, width - nodes - 10),
      styleOf(level),
    ),
  ]);
}

function styleOf(level: LogEntry["level"]): Style {
  return level === "error" ? BAD : level === "warn" ? WARNING : PLAIN;
}

/** Local time: 8 cells. */
function clock(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
