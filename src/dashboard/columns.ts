import { formatAmount, formatBytes, formatDuration, formatMs } from "../metrics/format.js";
import type { StageSnapshot, TimesSummary } from "../metrics/snapshot.js";
import { BAD, PLAIN, type Style, WARNING } from "./style.js";
import type { Usage } from "./usage.js";

export type ColumnId =
  | "stage"
  | "busy"
  | "idle"
  | "wanted"
  | "load"
  | "depth"
  | "oldest"
  | "flight"
  | "in"
  | "out"
  | "wait50"
  | "wait99"
  | "service50"
  | "service99"
  | "errors"
  | "retries"
  | "cpu"
  | "memory";

/** A stage with what the snapshot says of it elsewhere. */
export interface StageRow {
  readonly stage: StageSnapshot;
  readonly usage: Usage | undefined;
  readonly isBottleneck: boolean;
}

export interface Column {
  readonly id: ColumnId;
  /** Written once above neighbours that have the same. */
  readonly group: string;
  readonly title: string;
  /** Sorts by it. */
  readonly key: string;
  /** Cells; it does not change with what it shows, so that nothing jumps. */
  readonly width: number;
  /** Those with the lowest stay when there is no room for all. */
  readonly rank: number;
  readonly value: (row: StageRow) => number | string;
  readonly text: (row: StageRow) => string;
  readonly style: (row: StageRow) => Style;
}

/** In the order in which they stand. The width of the first is that of the names. */
export const COLUMNS: readonly Column[] = [
  column("stage", "", "STAGE", "N", 0, 0, ({ stage }) => stage.name, String),
  number("busy", "WORKERS", "BUSY", "B", 4, 1, ({ stage }) => busyWorkers(stage)),
  number("idle", "WORKERS", "IDLE", "L", 4, 12, ({ stage }) => stage.workers.idle),
  column("wanted", "WORKERS", "WANT", "W", 4, 2, ({ stage }) => stage.workers.wanted, String, {
    text: ({ stage: { workers } }) =>
      workers.ready === workers.wanted ? String(workers.wanted) : `${workers.ready}/${workers.wanted}`,
    style: ({ stage }) => (stage.workers.ready < stage.workers.wanted ? WARNING : PLAIN),
  }),
  number("load", "WORKERS", "LOAD", "U", 4, 13, ({ stage }) => stage.utilisation, {
    text: (share) => `${Math.round(share * 100)}%`,
  }),
  number("depth", "QUEUE", "DEPTH", "D", 5, 3, ({ stage }) => stage.depth),
  number("oldest", "QUEUE", "OLDEST", "O", 6, 8, ({ stage }) => stage.oldestMs, {
    text: (ms) => (ms === 0 ? "-" : formatDuration(ms)),
  }),
  number("flight", "", "FLIGHT", "F", 6, 11, ({ stage }) => stage.inFlight),
  number("in", "JOBS/S", "IN", "I", 5, 14, ({ stage }) => stage.inPerSecond),
  number("out", "JOBS/S", "OUT", "T", 6, 4, ({ stage }) => stage.outPerSecond),
  time("wait50", "WAIT", "p50", "X", 15, ({ stage }) => stage.wait),
  time("wait99", "WAIT", "p99", "A", 6, ({ stage }) => stage.wait),
  time("service50", "SERVICE", "p50", "Y", 16, ({ stage }) => stage.service),
  time("service99", "SERVICE", "p99", "S", 7, ({ stage }) => stage.service),
  number("errors", "", "ERR", "E", 5, 9, ({ stage }) => stage.failed, {
    style: ({ stage }) => (stage.failed > 0 ? BAD : PLAIN),
  }),
  number("retries", "", "RETRY", "R", 5, 18, ({ stage }) => stage.redelivered, {
    style: ({ stage }) => (stage.redelivered > 0 ? WARNING : PLAIN),
  }),
  number("cpu", "", "CPU%", "C", 4, 10, ({ usage }) => usage?.cpuPercent ?? -1, {
    text: (percent) => (percent < 0 ? "-" : String(Math.round(percent))),
  }),
  number("memory", "", "MEM", "M", 5, 17, ({ usage }) => usage?.rssBytes ?? -1, {
    text: (bytes) => (bytes < 0 ? "-" : formatBytes(bytes)),
  }),
];

/** `0.56ms`, `19ms`, `1.2s`, `15s`; `-` when there was nothing. */
export function formatTime({ count }: TimesSummary, ms: number): string {
  if (count === 0) return "-";
  if (ms < 0.095) return `${Math.round(ms * 1000)}µs`;
  return ms < 995 ? `${formatMs(ms)}ms` : formatSeconds(ms / 1000);
}

export function busyWorkers({ workers: { ready, idle } }: StageSnapshot): number {
  return Math.max(ready - idle, 0);
}

/** Its rows in the order that the user wants; equals stay in the order of the graph. */
export function sorted(
  rows: readonly StageRow[],
  { column: id, descending }: { column: ColumnId | undefined; descending: boolean },
): readonly StageRow[] {
  const by = COLUMNS.find((candidate) => candidate.id === id);
  if (by === undefined) return rows;
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(by.value(a), by.value(b)));
}

function compare(a: number | string, b: number | string): number {
  return typeof a === "string" ? a.localeCompare(String(b)) : a - Number(b);
}

function formatSeconds(seconds: number): string {
  return seconds < 99.5 ? `${Number(seconds.toPrecision(2))}s` : formatDuration(seconds * 1000);
}

function column<Value extends number | string>(
  id: ColumnId,
  group: string,
  title: string,
  key: string,
  width: number,
  rank: number,
  value: (row: StageRow) => Value,
  format: (value: Value) => string,
  { text = (row) => format(value(row)), style = () => PLAIN }: Partial<Pick<Column, "text" | "style">> = {},
): Column {
  return { id, group, title, key, width, rank, value, text, style };
}

function number(
  id: ColumnId,
  group: string,
  title: string,
  key: string,
  width: number,
  rank: number,
  value: (row: StageRow) => number,
  { text = formatAmount, style = () => PLAIN }: { text?: (value: number) => string; style?: Column["style"] } = {},
): Column {
  return column(id, group, title, key, width, rank, value, text, { style });
}

function time(
  id: ColumnId,
  group: string,
  title: "p50" | "p99",
  key: string,
  rank: number,
  times: (row: StageRow) => TimesSummary,
): Column {
  const ms = (row: StageRow) => (title === "p50" ? times(row).p50Ms : times(row).p99Ms);
  const text = (row: StageRow) => formatTime(times(row), ms(row));
  return { id, group, title, key, width: Math.max(group.length, 6), rank, value: ms, text, style: () => PLAIN };
}
