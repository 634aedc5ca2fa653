import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SourceSummary } from "../plan/child.js";
import { encodeJson } from "../protocol/json.js";
import type { Run } from "../runtime/run.js";
import type { Source, SystemTest, TestBatch, Topology } from "../topology/types.js";
import { resultFaults, timeFaults } from "./faults.js";
import { gone, lateFault, notKilled, type Outcome } from "./requests.js";
import { silent } from "./setups.js";
import { Victims } from "./victims.js";
import { inTime } from "./waiting.js";

/** For a batch that has no `within`. */
const PATIENCE_MS = 60_000;
const MORE_PATIENCE_MS = 2_000;

/** A folder in which the source of a batch finds its jobs, and the sinks write their results. */
export class BatchFiles {
  private constructor(
    private readonly folder: string,
    private readonly batch: TestBatch,
  ) {}

  static async make(batch: TestBatch): Promise<BatchFiles> {
    const files = new BatchFiles(await mkdtemp(join(tmpdir(), "zpipe-test-")), batch);
    const lines = (batch.jobs ?? []).map((job) => `${encodeJson(job)}\n`);
    await writeFile(files.jobs, lines.join(""));
    return files;
  }

  /** The topology with its files in this folder. */
  apply(topology: Topology): Topology {
    const tested = sourceOf(this.batch, topology);
    return {
      ...topology,
      sources: topology.sources.map((source) => (source.name === tested ? this.fed(source) : silent(source))),
      stages: topology.stages.map((stage) =>
        stage.run.kind === "stdout" || stage.run.kind === "file"
          ? { ...stage, run: { kind: "file", path: this.results(stage.name) } }
          : stage,
      ),
    };
  }

  /** What the sink of the test has written. */
  async lines(topology: Topology): Promise<readonly string[]> {
    const { sink = topology.stages.find(({ run }) => run.kind === "file" || run.kind === "stdout")!.name } = this.batch;
    const text = await readFile(this.results(sink), "utf8").catch(() => "");
    return text.split("\n").slice(0, -1);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  private get jobs(): string {
    return join(this.folder, "jobs.jsonl");
  }

  private results(sink: string): string {
    return join(this.folder, `${sink}.results.jsonl`);
  }

  private fed(source: Source): Source {
    const { jobs } = this.batch;
    // Standard input is that of the command, which reads none.
    if (jobs === undefined)
      return source.input.kind === "stdin" ? silent(source) : { ...source, checkpoint: undefined };
    return { ...source, input: { kind: "file", path: this.jobs }, checkpoint: undefined };
  }
}

function sourceOf({ source }: TestBatch, { sources }: Topology): string {
  return source ?? sources[0]!.name;
}

/** Follows the source of a run that is only just being started, until it has come to its end. */
export async function followBatch(run: Run, { test, batch, topology, files }: BatchOrder): Promise<Outcome> {
  const source = sourceOf(batch, topology);
  const watched = watch(run, source, test.kill);
  const { withinMs } = test;
  const patience = withinMs === undefined ? PATIENCE_MS : withinMs + MORE_PATIENCE_MS;
  try {
    await run.ready;
    const summary = await Promise.race([inTime(patience, watched.finished), gone(run)]);
    const tookMs = watched.tookMs();
    const killed = await watched.killed();
    if (summary === "late") return { tookMs, faults: [lateFault(patience)] };
    const faults = [...failureFaults(batch, summary), ...timeFaults(test, tookMs)];
    if (batch.results !== undefined) {
      faults.unshift(...resultFaults(batch.results, await files.lines(topology), batch.ordered));
    }
    if (!killed) faults.unshift(notKilled(test));
    return { tookMs, faults };
  } finally {
    watched.close();
  }
}

interface BatchOrder {
  readonly test: SystemTest;
  readonly batch: TestBatch;
  readonly topology: Topology;
  readonly files: BatchFiles;
}

function watch(run: Run, source: string, kill: readonly string[]) {
  let startedAt = performance.now();
  let tookMs: number | undefined;
  let victims: Victims | undefined;
  let killed = Promise.resolve(true);
  let end: (summary: SourceSummary) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const finished = new Promise<SourceSummary>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  finished.catch(() => {});
  const unwatch = run.watch((event) => {
    // Sources are told to begin only after this has been heard.
    if (event.type === "state" && event.state === "running") {
      startedAt = performance.now();
      if (kill.length === 0) return;
      try {
        victims = new Victims(run, kill);
        killed = victims.killBusy(() => tookMs !== undefined);
      } catch (error) {
        fail(error);
      }
    } else if (event.type === "finished" && event.source === source) {
      tookMs = performance.now() - startedAt;
      end(event.summary);
    }
  });
  return {
    finished,
    tookMs: () => {
      tookMs ??= performance.now() - startedAt;
      return tookMs;
    },
    killed: () => killed,
    close: () => {
      tookMs ??= performance.now() - startedAt;
      victims?.release();
      unwatch();
    },
  };
}

function failureFaults({ failed: wanted }: TestBatch, { failed, failures }: SourceSummary) {
  if (failed === wanted) return [];
  const told = failures.map(({ job, stage, message }) => `${job}: stage "${stage}": ${message.split("\n")[0]}`);
  const actual = [`${failed} failed jobs`, ...told].join("; ");
  return [{ what: "failures" as const, expected: `${wanted} failed jobs`, actual }];
}
