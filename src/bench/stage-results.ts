import type { Snapshot, StageSnapshot, TimesSnapshot } from "../metrics/snapshot.js";
import { TimeHistogram } from "../metrics/time-histogram.js";
import type { Run } from "../runtime/run.js";
import type { Topology } from "../topology/types.js";
import type { StageResult } from "./result.js";

/** A snapshot and when it was taken, by a monotonic clock in ms. */
export interface Moment {
  readonly at: number;
  readonly snapshot: Snapshot;
}

export async function moment(run: Run): Promise<Moment> {
  const snapshot = await run.snapshot();
  return { at: performance.now(), snapshot };
}

/** What the stages did between two moments. */
export function stageResults(topology: Topology, before: Moment, after: Moment): readonly StageResult[] {
  const elapsedMs = Math.max(after.at - before.at, 1);
  return after.snapshot.stages.map((stage): StageResult => {
    const earlier = before.snapshot.stages.find(({ name }) => name === stage.name);
    const concurrency = topology.stages.find(({ name }) => name === stage.name)?.concurrency ?? 1;
    const workers = (stage.workers.wanted + (earlier ?? stage).workers.wanted) / 2;
    const busyMs = stage.service.total.sumMs - (earlier?.service.total.sumMs ?? 0);
    return {
      name: stage.name,
      workers: stage.workers.wanted,
      wait: between(earlier?.wait, stage.wait).summary(),
      service: between(earlier?.service, stage.service).summary(),
      utilisation: rounded(busyMs / (elapsedMs * workers * concurrency)),
    };
  });
}

export function workersOf(stages: readonly StageSnapshot[]): Readonly<Record<string, number>> {
  return Object.fromEntries(stages.map((stage) => [stage.name, stage.workers.wanted]));
}

export function between(before: TimesSnapshot | undefined, after: TimesSnapshot): TimeHistogram {
  const times = totalOf(after);
  if (before !== undefined) times.subtract(totalOf(before));
  return times;
}

function totalOf({ total: { count, sumMs, hdr } }: TimesSnapshot): TimeHistogram {
  return TimeHistogram.from({ count, sumUs: Math.round(sumMs * 1000), hdr });
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
