import { ExitCode } from "../errors.js";
import { measure } from "./measure.js";
import type { MeasureOptions } from "./options.js";
import type { BenchReport, BenchResult } from "./result.js";

export interface Sweep {
  readonly stage: string;
  readonly workers: readonly number[];
}

/** What is varied: each combination is measured, in a run of its own. */
export interface Variation {
  readonly sweep: Sweep | undefined;
  /** Numbers of jobs; empty: not varied. */
  readonly jobs: readonly number[];
}

/** One measurement; with a sweep one for each number of workers, and all of that for each number of jobs. */
export async function bench(options: MeasureOptions, { sweep, jobs }: Variation): Promise<BenchReport> {
  const results: BenchResult[] = [];
  const counts = sweep?.workers.map((count) => new Map([...options.workers, [sweep.stage, count]]));
  for (const workers of counts ?? [options.workers]) {
    for (const count of jobs.length === 0 ? [undefined] : jobs) {
      results.push(await measure({ ...options, workers, jobs: count }));
    }
  }
  return { sweep: sweep ?? null, results };
}

/** What is worse comes first: a broken promise, a wrong answer or none at all, a missed threshold. */
export function exitCodeOf({ results }: BenchReport): number {
  if (results.some(({ chaos }) => chaos !== null && chaos.lost + chaos.doubled + chaos.wrong > 0)) {
    return ExitCode.broken;
  }
  if (results.some(({ wrong, answered }) => wrong > 0 || answered === 0)) return ExitCode.failed;
  return results.some(({ missed }) => missed.length > 0) ? ExitCode.missed : 0;
}
