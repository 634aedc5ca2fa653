import type { Snapshot } from "../metrics/snapshot.js";

/** What sparklines are drawn from: one moment of the run. */
export interface Moment {
  readonly requestsPerSecond: number;
  /** Over all sources. */
  readonly donePerSecond: number;
  readonly stages: ReadonlyMap<string, { readonly outPerSecond: number; readonly depth: number }>;
}

/** The latest moments, the oldest first. */
export type History = readonly Moment[];

/** Four minutes, and more than the widest sparkline. */
const LONGEST = 240;

export function remember(history: History, { server, sources, stages }: Snapshot): History {
  const moment: Moment = {
    requestsPerSecond: server?.requestsPerSecond ?? 0,
    donePerSecond: sources.reduce((sum, source) => sum + source.donePerSecond, 0),
    stages: new Map(stages.map(({ name, outPerSecond, depth }) => [name, { outPerSecond, depth }])),
  };
  return [...history.slice(1 - LONGEST), moment];
}

export function throughputOf(history: History, stage: string): readonly number[] {
  return history.map(({ stages }) => stages.get(stage)?.outPerSecond ?? 0);
}

export function depthOf(history: History, stage: string): readonly number[] {
  return history.map(({ stages }) => stages.get(stage)?.depth ?? 0);
}

const BLOCKS = "▁▂▃▄▅▆▇█";

/** The last `width` values, the newest at the right; the highest of them has a full block, and only 0 has the lowest. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width);
  const most = Math.max(...shown, 0);
  const blocks = shown.map((value) => BLOCKS[value <= 0 ? 0 : Math.max(1, Math.round((value / most) * 7))]);
  return blocks.join("").padStart(width);
}
