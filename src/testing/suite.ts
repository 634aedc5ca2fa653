import type { LogEntry } from "../control/types.js";
import { ExitCode, ZpipeError } from "../errors.js";
import type { Transport } from "../plan/types.js";
import type { Run } from "../runtime/run.js";
import { openRun } from "../runtime/start.js";
import type { Placement, SystemTest, Topology } from "../topology/types.js";
import { BatchFiles, followBatch } from "./batch.js";
import { askRun, type Outcome, runFault } from "./requests.js";
import type { SuiteResult, TestResult } from "./result.js";
import { type Ran, type Setup, setupsOf } from "./setups.js";

export interface SuiteOptions extends Ran {
  readonly tests: readonly SystemTest[];
  readonly name: string | undefined;
  readonly placement: Placement | undefined;
  readonly transport: Transport | undefined;
  readonly workers: ReadonlyMap<string, number>;
  readonly version: string;
  /** As soon as a test is over; those that share a run come together. */
  readonly onResult: (result: TestResult) => void;
  /** Aborted: end the run at once. */
  readonly signal: AbortSignal;
}

/** Does the tests, each with a real run: one run after the other. @throws ZpipeError when it is interrupted */
export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  const { topology, tests } = options;
  const startedAt = new Date().toISOString();
  const begun = performance.now();
  const results = new Map<string, TestResult>();
  for (const setup of setupsOf(options, tests)) {
    await runSetup(setup, options, (result) => {
      results.set(result.name, result);
      options.onResult(result);
    });
    if (options.signal.aborted) throw new ZpipeError("interrupted", { code: "interrupted", exitCode: ExitCode.forced });
  }
  return {
    name: topology.name,
    file: topology.file,
    startedAt,
    durationMs: performance.now() - begun,
    tests: tests.map(({ name }) => results.get(name)!),
  };
}

type OnResult = (result: TestResult) => void;

async function runSetup(setup: Setup, options: SuiteOptions, onResult: OnResult): Promise<void> {
  if (setup.kind === "batch") return runBatch(setup, options, onResult);
  const { questions, ran } = setup;
  const left = [...questions];
  try {
    await withRun(ran, options, false, async (run) => {
      await run.ready;
      for (const question of questions) {
        const result = await judged(question.test, run, () => askRun(run, ran.topology, question));
        left.shift();
        onResult(result);
      }
    });
  } catch (error) {
    // Without a run, none of them can be right.
    for (const { test } of left) onResult(failed(test, error));
  }
}

async function runBatch(
  { ran, test, batch }: Extract<Setup, { kind: "batch" }>,
  options: SuiteOptions,
  onResult: OnResult,
): Promise<void> {
  const files = await BatchFiles.make(batch);
  try {
    const topology = files.apply(ran.topology);
    await withRun({ ...ran, topology }, options, batch.ordered, async (run) => {
      onResult(await judged(test, run, () => followBatch(run, { test, batch, topology, files })));
    });
  } catch (error) {
    onResult(failed(test, error));
  } finally {
    await files.remove();
  }
}

/** A run of its own, at a free port, that is gone when the work is done. */
async function withRun(
  { topology, graph }: Ran,
  { placement, transport, workers, version, signal, ...options }: SuiteOptions,
  ordered: boolean,
  work: (run: Run) => Promise<void>,
): Promise<void> {
  if (signal.aborted) return;
  const name = options.name ?? `${options.topology.name}-test`;
  const listen = topology.server === undefined ? undefined : "http://127.0.0.1:0";
  const counts = new Map([...workers].filter(([stage]) => isCounted(stage, topology, options.topology)));
  // Where its metrics are told, another run of it may tell its own.
  const settings = {
    topology: { ...topology, metrics: undefined },
    graph,
    name,
    listen,
    placement,
    transport,
    workers: counts,
    version,
    ordered,
  };
  const run = await openRun(settings);
  const kill = () => void run.stop({ kill: true });
  signal.addEventListener("abort", kill);
  // It may have come while the run was being opened.
  if (signal.aborted) kill();
  try {
    await work(run);
  } finally {
    signal.removeEventListener("abort", kill);
    // Nobody waits for what is left of it.
    await run.stop({ kill: true });
    await run.ended;
  }
}

/** Not one that this run has no workers of; but one that there is not at all is the mistake of who named it. */
function isCounted(stage: string, ran: Topology, whole: Topology): boolean {
  if (!whole.stages.some(({ name }) => name === stage)) return true;
  return ran.stages.some(({ name, workers }) => name === stage && workers.initial > 0);
}

const MOST_LINES = 20;

async function judged(test: SystemTest, run: Run, act: () => Promise<Outcome>): Promise<TestResult> {
  const log: string[] = [];
  const unwatch = run.watch((event) => {
    if (event.type === "log") log.push(lineOf(event.entry));
  });
  try {
    const { tookMs, faults } = await act();
    const ok = faults.length === 0;
    return { name: test.name, ok, durationMs: round(tookMs), faults, log: ok ? [] : log.slice(-MOST_LINES) };
  } finally {
    unwatch();
  }
}

function failed({ name }: SystemTest, error: unknown): TestResult {
  return { name, ok: false, durationMs: 0, faults: [runFault(error)], log: [] };
}

function lineOf({ node, level, text }: LogEntry): string {
  return `${node}: ${level === undefined ? "" : `${level}: `}${text}`;
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
