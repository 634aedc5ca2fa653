import { inspect } from "node:util";
import type { LogEntry } from "../control/types.js";

/** `HH:MM:SS.mmm node level text` and a line end; lines of stdout and stderr have no level. */
export function formatEntry(entry: LogEntry, colour: boolean): string {
  const node = colour ? paint(entry.node) : entry.node;
  const level = entry.level === undefined ? "" : `${entry.level} `;
  return `${timeOfDay(entry.time)} ${node} ${level}${entry.text}\n`;
}

/** Local time, since it is read beside a clock. */
function timeOfDay(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  const seconds = `${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
  return `${two(date.getHours())}:${two(date.getMinutes())}:${seconds}`;
}

const COLOURS = ["cyan", "magenta", "green", "yellow", "blue", "red"] as const;

/** A node keeps its colour; the workers of a stage share theirs. */
function paint(node: string): string {
  const stage = node.split(".")[0]!;
  const hash = [...stage].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 9973, 7);
  const [open, close] = inspect.colors[COLOURS[hash % COLOURS.length]!]!;
  return `\u001b[${open}m${node}\u001b[${close}m`;
}
