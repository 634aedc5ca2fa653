import type { BenchReport, BenchResult, ChaosResult } from "../bench/result.js";
import { formatMs } from "../metrics/format.js";
import { count } from "./count.js";
import { formatTable } from "./table.js";

/** What `bench` says to people. */
export function formatBench({ sweep, results }: BenchReport): string {
  if (results[0]?.batch) return formatBatches(results);
  if (sweep === null) return results.map(formatResult).join("\n\n");
  const table = formatTable(
    [sweep.stage.toUpperCase(), "ANSWERS/S", "P50 MS", "P99 MS", "UTILISATION", "ERRORS", "BOTTLENECK"],
    results.map((result) => {
      const stage = result.stages.find(({ name }) => name === sweep.stage)!;
      const { stage: bottleneck, by } = result.bottleneck;
      const { p50Ms, p99Ms } = result.latency;
      return [
        result.workers[sweep.stage],
        Math.round(result.rate),
        Number(formatMs(p50Ms)),
        Number(formatMs(p99Ms)),
        percent(stage.utilisation),
        errorsOf(result),
        by === "utilisation" ? bottleneck : `${bottleneck} (waits)`,
      ];
    }),
  );
  return [headline(results[0]!), table, ...results.flatMap(complaints)].join("\n\n");
}

/** A given number of jobs: how much longer they took than their work alone. */
function formatBatches(results: readonly BenchResult[]): string {
  const table = formatTable(
    ["JOBS", "WORKERS", "AT A TIME", "IDEAL MS", "MEASURED MS", "OVERHEAD", "FAILED"],
    results.map(({ batch, workers, stages, errors }) => [
      batch!.jobs,
      stages.map(({ name }) => `${name}=${workers[name]}`).join(" "),
      batch!.parallel,
      Math.round(batch!.idealMs),
      Math.round(batch!.measuredMs),
      `${(batch!.overhead * 100).toFixed(1)} %`,
      errors.failed,
    ]),
  );
  const { topology, placement, transport } = results[0]!;
  return [`${topology}: ${placement}, ${transport}`, table, ...results.flatMap(complaints)].join("\n\n");
}

function formatResult(result: BenchResult): string {
  const { latency, stages, rate, answered } = result;
  const errors = Object.entries(result.errors).filter(([, times]) => times > 0);
  const failures = errors.map(([kind, times]) => `${times} ${kind}`).join(", ");
  const answers = `${count(answered, "answer")}, ${rate}/s; errors: ${failures === "" ? "none" : failures}`;
  const latencies = formatTable(
    ["LATENCY", "MEAN", "P50", "P90", "P99", "P99.9", "MAX"],
    [["ms", ...[latency.meanMs, latency.p50Ms, latency.p90Ms, latency.p99Ms, latency.p999Ms, latency.maxMs].map(ms)]],
  );
  const stageTable = formatTable(
    ["STAGE", "WORKERS", "UTILISATION", "JOBS", "WAIT P50", "P99", "MAX", "SERVICE P50", "P99", "MAX"],
    stages.map(({ name, workers, utilisation, wait, service }) => [
      name,
      workers,
      percent(utilisation),
      service.count,
      ...[wait.p50Ms, wait.p99Ms, wait.maxMs, service.p50Ms, service.p99Ms, service.maxMs].map(ms),
    ]),
  );
  return [`${headline(result)}\n${answers}`, latencies, stageTable, bottleneck(result), ...complaints(result)].join(
    "\n\n",
  );
}

function headline({ topology, placement, transport, entry, ...result }: BenchResult): string {
  const { connections, targetRate, durationMs, warmupMs } = result;
  const way = { http: " over HTTP", graph: " straight into the graph", source: "" }[entry];
  const loop =
    entry === "source"
      ? `its own sources with at most ${count(connections, "job")} under way`
      : targetRate === null
        ? `closed loop of ${count(connections, "connection")}`
        : `${targetRate}/s on at most ${count(connections, "connection")}`;
  return `${topology}: ${placement}, ${transport}, ${loop}${way}, ${durationMs / 1000} s after ${warmupMs / 1000} s of warm-up`;
}

function bottleneck({ bottleneck: { stage, by } }: BenchResult): string {
  return by === "utilisation"
    ? `Bottleneck: ${stage}, whose workers were busiest.`
    : `Bottleneck: no stage had its workers busy; jobs waited longest for ${stage}, for the CPU or on the way.`;
}

function complaints({ wrong, wrongAnswers, chaos, missed }: BenchResult): readonly string[] {
  return [
    ...(chaos === null ? [] : [formatChaos(chaos)]),
    ...(wrong === 0 ? [] : [`${count(wrong, "wrong answer")}, for example:`]),
    ...wrongAnswers.map(({ request, expected, got }) => `  ${request}\n    expected ${expected}\n    got      ${got}`),
    ...missed.map(({ threshold, actual }) => `Missed: ${threshold}, it is ${actual}`),
  ];
}

function formatChaos({ events, lost, doubled, wrong }: ChaosResult): string {
  const kinds = [...new Set(events.map(({ kind }) => kind))];
  const acts = kinds.map((kind) => `${events.filter((event) => event.kind === kind).length} × ${kind}`);
  return `Chaos: ${acts.length === 0 ? "nothing happened" : acts.join(", ")}; ${lost} lost, ${doubled} doubled, ${wrong} wrong`;
}

function errorsOf({ errors, wrong }: BenchResult): number {
  return Object.values(errors).reduce((sum, times) => sum + times, wrong);
}

function ms(value: number): number {
  return Number(formatMs(value));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
