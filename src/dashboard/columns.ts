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
  column("stage", "", "STAGE", "N", 0, 0, ({ stage }) => stage.name),
  column("busy", "WORKERS", "BUSY", "B", 4, 1, ({ stage }) => busyWorkers(stage)),
  column("idle", "WORKERS", "IDLE", "L", 4, 12, ({ stage }) => stage.workers.idle),
  column("wanted", "WORKERS", "WANT", "W", 4, 2, ({ stage }) => stage.workers.wanted, {
    text: ({ stage: { workers } }) =>
      workers.ready === workers.wanted ? String(workers.wanted) : `${workers.ready}/${workers.wanted}`,
    style: ({ stage }) => (stage.workers.ready < stage.workers.wanted ? WARNING : PLAIN),
  }),
  column("load", "WORKERS", "LOAD", "U", 4, 13, ({ stage }) => stage.utilisation, {
    text: ({ stage }) => `${Math.round(stage.utilisation * 100)}%`,
  }),
  column("depth", "QUEUE", "DEPTH", "D", 5, 3, ({ stage }) => stage.depth),
  column("oldest", "QUEUE", "OLDEST", "O", 6, 8, ({ stage }) => stage.oldestMs, {
    text: ({ stage: { oldestMs } }) => (oldestMs === 0 ? "-" : formatDuration(oldestMs)),
  }),
  column("flight", "", "FLIGHT", "F", 6, 11, ({ stage }) => stage.inFlight),
  column("in", "JOBS/S", "IN", "I", 5, 14, ({ stage }) => stage.inPerSecond),
  column("out", "JOBS/S", "OUT", "T", 6, 4, ({ stage }) => stage.outPerSecond),
  column("wait50", "WAIT", "p50", "X", 6, 15, ({ stage }) => stage.wait.p50Ms, time("wait", "p50Ms")),
  column("wait99", "WAIT", "p99", "A", 6, 6, ({ stage }) => stage.wait.p99Ms, time("wait", "p99Ms")),
  column("service50", "SERVICE", "p50", "Y", 7, 16, ({ stage }) => stage.service.p50Ms, time("service", "p50Ms")),
  column("service99", "SERVICE", "p99", "S", 7, 7, ({ stage }) => stage.service.p99Ms, time("service", "p99Ms")),
  column("errors", "", "ERR", "E", 5, 9, ({ stage }) => stage.failed, {
    style: ({ stage }) => (stage.failed > 0 ? BAD : PLAIN),
  }),
  column("retries", "", "RETRY", "R", 5, 18, ({ stage }) => stage.redelivered, {
    style: ({ stage }) => (stage.redelivered > 0 ? WARNING : PLAIN),
  }),
  column("cpu", "", "CPU%", "C", 4, 10, ({ usage }) => usage?.cpuPercent ?? -1, {
    text: ({ usage }) => (usage === undefined ? "-" : String(Math.round(usage.cpuPercent))),
  }),
  column("memory", "", "MEM", "M", 5, 17, ({ usage }) => usage?.rssBytes ?? -1, {
    text: ({ usage }) => (usage === undefined ? "-" : formatBytes(usage.rssBytes)),
  }),
];

/** `0.56ms`, `19ms`, `1.2s`, `15s`; `-` when there was nothing. */
export function formatTime({ count }: TimesSummary, ms: number): string {
  if (count === 0) return "-";
  if (ms < 0.095) return `${Math.round(ms * 1000)}µs`;
  return ms < 995 ? `${formatMs(ms)}ms` : formatSeconds(ms / 1000);
}

/** The idle ones are of all, those on other hosts too. */
export function busyWorkers({ workers: { ready, remote, idle } }: StageSnapshot): number {
  return Math.max(ready + remote - idle, 0);
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

/** @param look where it is not an amount or a name, and not plain */
function column(
  id: ColumnId,
  group: string,
  title: string,
  key: string,
  width: number,
  rank: number,
  value: Column["value"],
  look: Partial<Pick<Column, "text" | "style">> = {},
): Column {
  return { id, group, title, key, width, rank, value, text: (row) => shown(value(row)), style: () => PLAIN, ...look };
}

function shown(value: number | string): string {
  return typeof value === "string" ? value : formatAmount(value);
}

function time(times: "wait" | "service", percentile: "p50Ms" | "p99Ms"): Pick<Column, "text"> {
  return { text: ({ stage }) => formatTime(stage[times], stage[times][percentile]) };
}
