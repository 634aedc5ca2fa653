import { ExitCode, ZpipeError } from "../errors.js";
import type { TimesSummary } from "../metrics/snapshot.js";
import { didYouMean } from "../topology/nearest.js";
import type { BenchResult, LatencyResult, Missed } from "./result.js";

/** `p99>50ms`: what must not be. */
export interface Threshold {
  readonly text: string;
  readonly metric: string;
  readonly operator: ">" | ">=" | "<" | "<=";
  /** In ms for times. */
  readonly limit: number;
}

const TIMES: Readonly<Record<string, (times: TimesSummary & Partial<LatencyResult>) => number | undefined>> = {
  p50: (times) => times.p50Ms,
  p90: (times) => times.p90Ms,
  p99: (times) => times.p99Ms,
  "p99.9": (times) => times.p999Ms,
  max: (times) => times.maxMs,
  mean: (times) => times.meanMs,
};
const STAGE_TIMES = Object.keys(TIMES).filter((name) => name !== "p99.9");
const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };
const PATTERN = /^\s*([\w.-]+?)\s*(>=|<=|>|<)\s*(\d+(?:\.\d+)?)\s*(us|ms|s|%)?\s*$/;

/** @param stages names of the stages of the topology */
export function parseThreshold(text: string, stages: readonly string[]): Threshold {
  const [, metric = "", operator, number, unit] = PATTERN.exec(text) ?? [];
  if (operator === undefined) throw usage(`${JSON.stringify(text)} is not a threshold`, EXAMPLES);
  const known = metricNames(stages);
  if (!known.includes(metric)) {
    const hint = didYouMean(metric, known) ?? `The metrics are: ${known.join(", ")}.`;
    throw usage(`there is no metric ${JSON.stringify(metric)}`, hint);
  }
  const isTime = TIMES[metric.split(".wait.").at(-1)!.split(".service.").at(-1)!] !== undefined;
  if (isTime !== (unit !== undefined && unit !== "%")) {
    throw usage(`${metric} is ${isTime ? "a time, so it needs a unit" : "no time"}: ${JSON.stringify(text)}`, EXAMPLES);
  }
  if (unit === "%" && !metric.endsWith(".utilisation")) {
    throw usage(`${metric} is no share, so it has no %: ${JSON.stringify(text)}`, EXAMPLES);
  }
  const scale = unit === "%" ? 0.01 : (UNITS[unit ?? ""] ?? 1);
  return { text: text.trim(), metric, operator: operator as Threshold["operator"], limit: Number(number) * scale };
}

const EXAMPLES = "Write for example: p99>50ms, rate<1000, errors>0, square.wait.p99>5ms, square.utilisation>90%.";

/** The thresholds that a measurement did not keep. */
export function missedOf(result: Omit<BenchResult, "missed">, thresholds: readonly Threshold[]): readonly Missed[] {
  return thresholds.flatMap(({ text, metric, operator, limit }) => {
    const actual = actualOf(result, metric);
    return holds(actual, operator, limit) ? [{ threshold: text, actual }] : [];
  });
}

function metricNames(stages: readonly string[]): readonly string[] {
  return [
    ...Object.keys(TIMES),
    "rate",
    "errors",
    ...stages.flatMap((stage) => [
      ...["wait", "service"].flatMap((what) => STAGE_TIMES.map((name) => `${stage}.${what}.${name}`)),
      `${stage}.utilisation`,
    ]),
  ];
}

function actualOf(result: Omit<BenchResult, "missed">, metric: string): number {
  if (metric === "rate") return result.rate;
  if (metric === "errors") return Object.values(result.errors).reduce((sum, count) => sum + count, result.wrong);
  const whole = TIMES[metric];
  if (whole !== undefined) return whole(result.latency)!;
  const [name, what, time] = metric.split(".");
  const stage = result.stages.find((candidate) => candidate.name === name)!;
  return what === "utilisation" ? stage.utilisation : TIMES[time!]!(stage[what as "wait" | "service"])!;
}

function holds(actual: number, operator: Threshold["operator"], limit: number): boolean {
  switch (operator) {
    case ">":
      return actual > limit;
    case ">=":
      return actual >= limit;
    case "<":
      return actual < limit;
    case "<=":
      return actual <= limit;
  }
}

function usage(message: string, hint: string): ZpipeError {
  return new ZpipeError(message, { code: "bad-threshold", exitCode: ExitCode.usage, hints: [hint] });
}
