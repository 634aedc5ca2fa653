import { ExitCode, ZpipeError } from "../errors.js";
import { bottleneckOf } from "../metrics/bottleneck.js";
import type { Snapshot } from "../metrics/snapshot.js";
import { TimeHistogram } from "../metrics/time-histogram.js";
import { type LoadOrder, type LoadReport, TIMELINE_MS } from "../plan/load.js";
import type { Run } from "../runtime/run.js";
import { openRun } from "../runtime/start.js";
import type { Topology } from "../topology/types.js";
import { Chaos, type ChaosOrder, patient } from "./chaos.js";
import { dry } from "./dry.js";
import { prepareHttpLoad } from "./http-load.js";
import type { MeasureOptions } from "./options.js";
import { type BenchResult, type ChaosResult, latencyOf, NO_ERRORS } from "./result.js";
import { measureSources } from "./source-load.js";
import { moment, stageResults, workersOf } from "./stage-results.js";
import { missedOf } from "./thresholds.js";

/** Beyond the time in which the server answers 504 by itself. */
const MORE_PATIENCE_MS = 2_000;

/** Starts the topology as a run of its own, loads it, and stops it. */
export async function measure(options: MeasureOptions): Promise<BenchResult> {
  const topology = limited(dry(options.chaos === undefined ? options.topology : patient(options.topology)), options);
  const entry = topology.server === undefined ? "source" : options.entry;
  checkTopology(topology, entry, options);
  const { graph, placement, transport, workers, version, signal } = options;
  if (signal.aborted) throw interrupted();
  const name = options.name ?? `${topology.name}-bench`;
  const listen = entry === "source" ? undefined : "http://127.0.0.1:0";
  // Where its metrics are told, the run that people watch may tell its own.
  const run = await openRun({
    topology: { ...topology, metrics: undefined },
    graph,
    placement,
    transport,
    workers,
    version,
    name,
    listen,
  });
  const kill = () => void run.stop({ kill: true });
  signal.addEventListener("abort", kill);
  // It may have come while the run was being opened.
  if (signal.aborted) kill();
  try {
    await run.ready;
    const result = await (entry === "source"
      ? measureSources(run, { ...options, topology })
      : measureRun(run, { ...options, topology, entry }));
    // What the sources have under way is of no use to anybody.
    await run.stop({ kill: entry === "source" });
    return result;
  } catch (error) {
    await run.stop({ kill: true });
    if (signal.aborted) throw interrupted();
    throw error;
  } finally {
    signal.removeEventListener("abort", kill);
    await run.ended;
  }
}

async function measureRun(run: Run, options: MeasureOptions): Promise<BenchResult> {
  const { topology, chaos: chaosOrder, warmupMs, durationMs, connections, rate, entry } = options;
  const order: LoadOrder = {
    samples: topology.samples,
    connections,
    rate,
    warmupMs,
    durationMs,
    patienceMs: longestTimeout(topology) + MORE_PATIENCE_MS,
  };
  const chaos = chaosOrder && new Chaos(run, topology.stages, chaosOrder);
  await chaos?.check();
  const load = await prepareLoad(run, order, entry);
  const unwatch = run.watch((event) => {
    if (event.type === "snapshot") options.onProgress?.(event.snapshot);
  });
  try {
    // A run that ends by itself, or is stopped by somebody, ends the measurement too.
    const ended = run.ended.then(({ error }) => Promise.reject(error ?? stopped(run.record.name)));
    const reported = Promise.race([load.run(), ended]);
    // It is awaited only further on.
    reported.catch(() => {});
    await Promise.race([pause(warmupMs), reported]);
    const before = await moment(run);
    chaos?.begin();
    await Promise.race([pause(durationMs), reported]);
    await chaos?.end();
    const after = await moment(run);
    const report = await reported;
    const { snapshot: last } = await moment(run);
    const stages = stageResults(topology, before, after);
    const result: Omit<BenchResult, "missed"> = {
      topology: topology.name,
      placement: run.record.placement,
      transport: run.record.transport,
      workers: workersOf(before.snapshot.stages),
      entry,
      mode: rate === undefined ? "closed" : "open",
      connections,
      targetRate: rate ?? null,
      warmupMs,
      durationMs,
      ...resultsOf(report, durationMs),
      stages,
      bottleneck: bottleneckOf(stages),
      timeline: { everyMs: TIMELINE_MS, answered: report.timeline },
      batch: null,
      chaos: chaos === undefined ? null : verdictOf(report, chaos, chaosOrder!, last),
    };
    return { ...result, missed: missedOf(result, options.thresholds) };
  } finally {
    unwatch();
    await chaos?.end();
    await load.close();
  }
}

async function prepareLoad(run: Run, order: LoadOrder, entry: MeasureOptions["entry"]) {
  if (entry === "http") return prepareHttpLoad(run.record.url!, order);
  return { run: () => run.drive(order), close: async () => {} };
}

function resultsOf(report: LoadReport, durationMs: number) {
  const { requests, answered, wrong, wrongAnswers, errors } = report;
  return {
    requests,
    answered,
    rate: Math.round((answered * 10_000) / durationMs) / 10,
    errors: { ...NO_ERRORS, ...errors },
    wrong,
    wrongAnswers,
    latency: latencyOf(TimeHistogram.from(report.latency)),
  };
}

/** A killed server breaks its connections, which its clients see; nothing else may get lost. */
function verdictOf(report: LoadReport, chaos: Chaos, { kinds }: ChaosOrder, { server }: Snapshot): ChaosResult {
  const { timeout = 0, lost = 0, connection = 0 } = report.errors;
  const killed = kinds.includes("kill-server");
  const broken = killed ? 0 : connection;
  // What a server that was killed had counted since it was last asked is not known.
  const answers = Object.values(server?.statuses ?? {}).reduce((sum, count) => sum + count, 0);
  const tooMany = killed ? 0 : Math.max(0, answers - (server?.requests ?? 0));
  const doubled = report.doubled + tooMany;
  return { events: chaos.events, lost: timeout + lost + broken, doubled, wrong: report.wrong };
}

/** With so many jobs as are asked for: only one source can make them. */
function limited(topology: Topology, { jobs }: MeasureOptions): Topology {
  if (jobs === undefined) return topology;
  const [source, ...others] = topology.sources;
  if (source !== undefined && others.length === 0 && topology.server === undefined) {
    const { input } = source;
    const ticked = input.kind === "ticks" ? { ...input, limit: jobs } : input;
    return { ...topology, sources: [{ ...source, input: ticked, limit: jobs }] };
  }
  throw new ZpipeError(
    `--jobs is for a topology with one source and no server, and ${topology.name} is not like that`,
    { code: "bad-bench", exitCode: ExitCode.usage },
  );
}

function longestTimeout({ server }: Topology): number {
  return Math.max(...(server?.routes ?? []).map((route) => route.timeoutMs), 0);
}

function checkTopology(
  { name, samples, sources }: Topology,
  entry: BenchResult["entry"],
  options: MeasureOptions,
): void {
  if (entry === "source" && sources.length > 0) {
    if (options.rate === undefined && options.chaos === undefined && options.entry === "http") return;
    throw new ZpipeError(`${name} has no server: its sources make the load, as fast as it is taken`, {
      code: "bad-bench",
      exitCode: ExitCode.usage,
      hints: ["Leave out --rate, --chaos and --graph."],
    });
  }
  if (samples.length > 0) return;
  throw new ZpipeError(`${name} has no samples: there is nothing to send`, {
    code: "no-samples",
    exitCode: ExitCode.usage,
    hints: [
      "Add requests with their answers to the topology, for example:",
      '[[samples]]\n  request = "GET /?n=1"\n  answer  = { result = 2 }',
    ],
  });
}

function stopped(name: string): ZpipeError {
  return new ZpipeError(`${name} was stopped meanwhile`, { code: "stopped", exitCode: ExitCode.unavailable });
}

function interrupted(): ZpipeError {
  return new ZpipeError("interrupted", { code: "interrupted", exitCode: ExitCode.forced });
}

function pause(ms: number): Promise<void> {
  // The processes of the run keep this one alive, and nothing should when they are gone.
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
