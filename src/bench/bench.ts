import { ExitCode } from "../errors.js";
import { measure } from "./measure.js";
import type { MeasureOptions } from "./options.js";
import type { BenchReport, BenchResult } from "./result.js";

export interface Sweep {
  readonly stage: string;
  readonly workers: readonly number[];
}

/** One measurement; with a sweep one for each number of workers, each in a run of its own. */
export async function bench(options: MeasureOptions, sweep: Sweep | undefined): Promise<BenchReport> {
  if (sweep === undefined) return { sweep: null, results: [await measure(options)] };
  const results: BenchResult[] = [];
  for (const count of sweep.workers) {
    const workers = new Map([...options.workers, [sweep.stage, count]]);
    results.push(await measure({ ...options, workers }));
  }
  return { sweep, results };
}

/** What is worse comes first: a broken promise, a wrong answer or none at all, a missed threshold. */
export function exitCodeOf({ results }: BenchReport): number {
  if (results.some(({ chaos }) => chaos !== null && chaos.lost + chaos.doubled + chaos.wrong > 0)) {
    return ExitCode.broken;
  }
  if (results.some(({ wrong, answered }) => wrong > 0 || answered === 0)) return ExitCode.failed;
  return results.some(({ missed }) => missed.length > 0) ? ExitCode.missed : 0;
}
