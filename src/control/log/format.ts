import { inspect } from "node:util";
import { printable } from "../../printable.js";
import type { LogEntry } from "../types.js";

/**
 * `HH:MM:SS.mmm node level text` and a line end, for each line of its text; lines of stdout and stderr have no level.
 * The date is before it when that is not the date of `today`. Nothing of the text can act on a terminal.
 */
export function formatEntry(entry: LogEntry, colour: boolean, today = Date.now()): string {
  const node = colour ? paint(entry.node) : entry.node;
  const level = entry.level === undefined ? "" : `${entry.level} `;
  const start = `${timeOf(entry.time, today)} ${node} ${level}`;
  const text = printable(entry.text);
  return text.includes("\n") ? text.replace(/^.*$/gm, (line) => `${start}${line}`).concat("\n") : `${start}${text}\n`;
}

/** Local time, since it is read beside a clock. */
function timeOf(time: number, today: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  const seconds = `${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${seconds}`;
  if (date.toDateString() === new Date(today).toDateString()) return clock;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`;
}

const COLOURS = ["cyan", "magenta", "green", "yellow", "blue", "red"] as const;

/** A node keeps its colour; the workers of a stage share theirs. */
function paint(node: string): string {
  const stage = node.split(".")[0]!;
  const hash = [...stage].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 9973, 7);
  const [open, close] = inspect.colors[COLOURS[hash % COLOURS.length]!]!;
  return `\u001b[${open}m${node}\u001b[${close}m`;
}
