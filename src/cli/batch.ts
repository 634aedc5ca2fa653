import { type Obstacle, reasonOf } from "../control/obstacle.js";
import type { LifecycleEvent } from "../control/types.js";
import { ExitCode, ZpipeError } from "../errors.js";
import { formatDuration } from "../metrics/format.js";
import type { SourceSnapshot } from "../metrics/snapshot.js";
import type { JobFailure, SourceSummary } from "../plan/child.js";
import { printable } from "../printable.js";
import type { RunOptions } from "../runtime/options.js";
import type { Run } from "../runtime/run.js";
import { isEndless } from "../topology/entries.js";
import { count } from "./count.js";
import { Obituaries } from "./obituaries.js";
import { ProgressLine } from "./progress.js";
import { heedSignals } from "./signals.js";
import { talk } from "./talk.js";

/** What became of a batch. */
export interface BatchResult {
  readonly name: string;
  /** Every source has come to its end, or was not started because of another. */
  readonly complete: boolean;
  readonly done: number;
  readonly failed: number;
  /** The first of the jobs that failed. */
  readonly failures: readonly JobFailure[];
  /** How many of the done and the failed ones were so before: the run has gone on where another was. */
  readonly earlier: SourceSummary["earlier"];
  /** Sources that were not started, since jobs of those before them have failed. */
  readonly skipped: readonly SkippedSource[];
  readonly durationMs: number;
}

export interface SkippedSource {
  readonly source: string;
  readonly because: readonly Obstacle[];
}

/** Runs a topology until its sources have come to their end. Throws when the run fails. */
export async function runToEnd(options: RunOptions, terminal: NodeJS.WriteStream | undefined): Promise<BatchResult> {
  const { sources, stages, name } = options.topology;
  if (sources.length === 0) throw notFinite(name);
  for (const { name: source, input } of sources) if (isEndless(input)) throw endless(name, source);
  if (options.ordered && !stages.some(({ run }) => run.kind === "file" || run.kind === "stdout")) throw noOrder(name);
  const signals = heedSignals();
  const { openRun } = await import("../runtime/start.js");
  const run = await openRun(options);
  signals.stop(run);
  if (run.record.metricsUrl !== undefined) talk(`metrics are told at ${run.record.metricsUrl}`);
  process.stderr.on("error", () => {});
  const line = terminal && new ProgressLine(terminal);
  // Whoever sees all that is said, sees it already.
  const obituaries = options.echo === undefined ? new Obituaries(run.record.name) : undefined;
  const batch = new Batch(run, sources.length, { line, obituaries });
  try {
    const { error } = await run.ended;
    if (error !== undefined) throw error;
    return batch.result();
  } finally {
    batch.close();
    signals.ignore();
  }
}

export function exitCodeOf({ complete, failed, skipped }: BatchResult): number {
  if (!complete) return ExitCode.forced;
  return failed > 0 || skipped.length > 0 ? ExitCode.failed : 0;
}

/** What people want to know at the end. */
export function formatBatch(result: BatchResult): string {
  const { name, complete, done, failed, failures, earlier, skipped, durationMs } = result;
  const rate = Math.round(((done - earlier.done) * 1000) / Math.max(durationMs, 1));
  const more = failed - earlier.failed - failures.length;
  const facts = [
    `${name}: ${count(done, "job")} done in ${formatDuration(durationMs)} (${rate}/s)${failed > 0 ? `, ${failed} failed` : ""}`,
    ...(earlier.done + earlier.failed > 0 ? [`of these ${earlier.done} done and ${earlier.failed} failed before`] : []),
    ...(complete ? [] : ["stopped before its end"]),
  ];
  return [
    facts.join("; "),
    ...failures.map(({ job, stage, message }) => `  ${job}: stage "${stage}": ${printable(message.split("\n")[0]!)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...skipped.map(({ source, because }) => `${source} was not started: ${reasonOf(because)}`),
    ...(failed > 0 ? [`See them with: zpipe dead-letters ${name}`] : []),
  ].join("\n");
}

/** Where people are told of it, if they are. */
interface Told {
  readonly line: ProgressLine | undefined;
  readonly obituaries: Obituaries | undefined;
}

/** Watches a run until its sources have come to their end, and then stops it. */
class Batch {
  readonly #run: Run;
  readonly #startedAt = performance.now();
  readonly #unwatch: () => void;
  readonly #finished = new Map<string, SourceSummary>();
  readonly #interrupted = new Map<string, SourceSummary>();
  readonly #skipped = new Map<string, readonly Obstacle[]>();
  readonly #wanted: number;
  readonly #line: ProgressLine | undefined;
  readonly #obituaries: Obituaries | undefined;
  /** What is known of sources that tell nothing at their end. */
  #latest: readonly SourceSnapshot[] = [];
  #durationMs = 0;

  constructor(run: Run, wanted: number, { line, obituaries }: Told) {
    this.#run = run;
    this.#wanted = wanted;
    this.#line = line;
    this.#obituaries = obituaries;
    this.#unwatch = run.watch((event) => {
      if (event.type === "finished") {
        this.#finished.set(event.source, event.summary);
        this.#look();
      } else if (event.type === "interrupted") this.#interrupted.set(event.source, event.summary);
      else if (event.type === "skipped") {
        this.#skipped.set(event.source, event.because);
        this.#look();
      } else if (event.type === "waiting") talk(`waiting for ${count(event.pending, "job")} (Ctrl-C again to give up)`);
      else if (event.type === "lifecycle") this.#onLifecycle(event.event);
      else if (event.type === "snapshot") {
        const { sources, run } = event.snapshot;
        this.#latest = sources;
        if (run.state === "running") this.#line?.draw(event.snapshot);
      }
    });
  }

  result(): BatchResult {
    const told = new Map([...this.#interrupted, ...this.#finished]);
    const summaries = [...told.values()];
    const ends = [...summaries, ...this.#latest.filter(({ name }) => !told.has(name))];
    const sum = <T>(of: readonly T[], value: (each: T) => number) => of.reduce((total, each) => total + value(each), 0);
    return {
      name: this.#run.record.name,
      complete: this.#isOver,
      done: sum(ends, ({ done }) => done),
      failed: sum(ends, ({ failed }) => failed),
      failures: summaries.flatMap(({ failures }) => failures),
      earlier: {
        done: sum(summaries, ({ earlier }) => earlier.done),
        failed: sum(summaries, ({ earlier }) => earlier.failed),
      },
      skipped: [...this.#skipped].map(([source, because]) => ({ source, because })),
      durationMs: Math.round(this.#durationMs || performance.now() - this.#startedAt),
    };
  }

  close(): void {
    this.#unwatch();
    this.#line?.clear();
  }

  #onLifecycle(event: LifecycleEvent): void {
    const text = event.kind === "died" ? this.#obituaries?.of(event) : undefined;
    if (text === undefined) return;
    this.#line?.clear();
    talk(text);
  }

  get #isOver(): boolean {
    return this.#finished.size + this.#skipped.size === this.#wanted;
  }

  #look(): void {
    if (!this.#isOver) return;
    this.#durationMs = performance.now() - this.#startedAt;
    this.#line?.clear();
    void this.#run.stop();
  }
}

function notFinite(name: string): ZpipeError {
  return new ZpipeError(`${name} has no source, so it never comes to an end`, {
    code: "no-source",
    exitCode: ExitCode.usage,
    hints: ["Serve it with `zpipe up`, or add [sources.NAME]."],
  });
}

function endless(name: string, source: string): ZpipeError {
  return new ZpipeError(`the source ${source} of ${name} ticks for ever, so it never comes to an end`, {
    code: "endless-source",
    exitCode: ExitCode.usage,
    hints: ["Run it with `zpipe up`, or say how many: ticks = 10."],
  });
}

function noOrder(name: string): ZpipeError {
  return new ZpipeError(`${name} has no sink that could write its results in order`, {
    code: "no-order",
    exitCode: ExitCode.usage,
    hints: ["Leave out --ordered, or add a sink with stdout = true or file = …."],
  });
}
