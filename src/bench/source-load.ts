import { ExitCode, ZpipeError } from "../errors.js";
import { bottleneckOf } from "../metrics/bottleneck.js";
import { TimeHistogram } from "../metrics/time-histogram.js";
import type { SourceSummary } from "../plan/child.js";
import type { Run } from "../runtime/run.js";
import { batchResult } from "./batch-result.js";
import type { MeasureOptions } from "./options.js";
import { type BenchResult, latencyOf, NO_ERRORS } from "./result.js";
import { between, type Moment, moment, stageResults, workersOf } from "./stage-results.js";
import { missedOf } from "./thresholds.js";

/** Snapshots come about once a second. */
const SNAPSHOT_MS = 1000;

/** Measures a run whose sources make the load, until they have come to their end or the time is over. */
export async function measureSources(run: Run, options: MeasureOptions): Promise<BenchResult> {
  const { topology, jobs, thresholds } = options;
  // A given number of jobs is measured from the first to the last, however long it takes.
  const warmupMs = jobs === undefined ? options.warmupMs : 0;
  const watched = watch(run, topology.sources.length, options);
  try {
    const over = Promise.race([watched.finished, run.ended.then(({ error }) => Promise.reject(error ?? gone(run)))]);
    over.catch(() => {});
    if (warmupMs > 0) await Promise.race([watched.pause(warmupMs), over]);
    const first = await moment(run);
    if (warmupMs > 0 && first.snapshot.sources.every(({ state }) => state === "finished")) throw tooFew();
    // Without a warm-up all jobs count, and some of them may be done before the first look.
    const before = warmupMs > 0 ? first : { ...first, snapshot: { ...first.snapshot, sources: [], stages: [] } };
    watched.begin();
    await (jobs === undefined ? Promise.race([watched.pause(options.durationMs), over]) : over);
    const after = await moment(run);
    const stages = stageResults(topology, before, after);
    const batch = jobs === undefined ? null : batchResult(options, watched.summaries()[0]!, after);
    const elapsedMs = batch === null ? after.at - before.at : batch.measuredMs;
    const answered = grown(before, after, ({ done }) => done);
    const failed = grown(before, after, (source) => source.failed);
    const result: Omit<BenchResult, "missed"> = {
      topology: topology.name,
      placement: run.record.placement,
      transport: run.record.transport,
      workers: workersOf(first.snapshot.stages),
      entry: "source",
      mode: "closed",
      connections: topology.sources.reduce((sum, { maxInFlight }) => sum + maxInFlight, 0),
      targetRate: null,
      warmupMs,
      durationMs: Math.round(elapsedMs),
      requests: answered + failed,
      answered,
      rate: Math.round((answered * 10_000) / elapsedMs) / 10,
      errors: { ...NO_ERRORS, failed },
      wrong: 0,
      wrongAnswers: [],
      latency: latencyOf(latencyBetween(before, after)),
      stages,
      bottleneck: bottleneckOf(stages),
      timeline: { everyMs: SNAPSHOT_MS, answered: watched.timeline() },
      batch,
      chaos: null,
    };
    return { ...result, missed: missedOf(result, thresholds) };
  } finally {
    watched.close();
  }
}

function watch(run: Run, sources: number, { onProgress }: MeasureOptions) {
  const finished = new Map<string, SourceSummary | undefined>();
  const counts: number[] = [];
  let measuring = false;
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const unwatch = run.watch((event) => {
    if (event.type === "finished" || event.type === "skipped") {
      finished.set(event.source, event.type === "finished" ? event.summary : undefined);
      if (finished.size === sources) end();
    } else if (event.type === "snapshot") {
      onProgress?.(event.snapshot);
      if (measuring) counts.push(event.snapshot.sources.reduce((sum, { done }) => sum + done, 0));
    }
  });
  let timer: NodeJS.Timeout | undefined;
  return {
    finished: ended,
    summaries: () => [...finished.values()],
    begin: () => {
      measuring = true;
    },
    pause: (ms: number) =>
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      }),
    timeline: () => counts.slice(1).map((count, index) => count - counts[index]!),
    close: () => {
      clearTimeout(timer);
      unwatch();
    },
  };
}

function grown(before: Moment, after: Moment, value: (source: Source) => number): number {
  const sum = ({ snapshot }: Moment) => snapshot.sources.reduce((total, source) => total + value(source), 0);
  return sum(after) - sum(before);
}

type Source = Moment["snapshot"]["sources"][number];

function latencyBetween(before: Moment, after: Moment): TimeHistogram {
  const all = new TimeHistogram();
  for (const { name, latency } of after.snapshot.sources) {
    all.add(between(before.snapshot.sources.find((source) => source.name === name)?.latency, latency));
  }
  return all;
}

function tooFew(): ZpipeError {
  return new ZpipeError("the sources came to their end in the warm-up", {
    code: "too-few-jobs",
    exitCode: ExitCode.usage,
    hints: ["Give them more jobs, or leave the warm-up out with --warmup 0."],
  });
}

function gone(run: Run): ZpipeError {
  return new ZpipeError(`${run.record.name} was stopped meanwhile`, {
    code: "stopped",
    exitCode: ExitCode.unavailable,
  });
}
