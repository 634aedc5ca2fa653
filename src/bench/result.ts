import type { Bottleneck } from "../metrics/bottleneck.js";
import type { TimesSummary } from "../metrics/snapshot.js";
import type { TimeHistogram } from "../metrics/time-histogram.js";
import type { ErrorKind, WrongAnswer } from "../plan/load.js";

/** One measurement, as `bench --json` prints it. */
export interface BenchResult {
  readonly topology: string;
  readonly placement: string;
  readonly transport: string;
  /** By stage, when the measurement began. */
  readonly workers: Readonly<Record<string, number>>;
  /** Through HTTP, straight into the graph, or from the topology's own sources. */
  readonly entry: "http" | "graph" | "source";
  readonly mode: "closed" | "open";
  /** Requests, or jobs of the sources, that may be under way at a time. */
  readonly connections: number;
  /** Arrivals by second; null: closed loop. */
  readonly targetRate: number | null;
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly requests: number;
  readonly answered: number;
  /** Right answers by second. */
  readonly rate: number;
  readonly errors: Readonly<Record<ErrorKind, number>>;
  readonly wrong: number;
  readonly wrongAnswers: readonly WrongAnswer[];
  readonly latency: LatencyResult;
  readonly stages: readonly StageResult[];
  readonly bottleneck: Bottleneck;
  readonly timeline: { readonly everyMs: number; readonly answered: readonly number[] };
  /** Null: not of a given number of jobs. */
  readonly batch: BatchResult | null;
  /** Null: without chaos. */
  readonly chaos: ChaosResult | null;
  readonly missed: readonly Missed[];
}

export interface LatencyResult extends TimesSummary {
  readonly p999Ms: number;
  /** Microseconds, as an HdrHistogram: V2 encoding, compressed, base64. */
  readonly hdr: string;
}

export interface StageResult {
  readonly name: string;
  readonly workers: number;
  readonly wait: TimesSummary;
  readonly service: TimesSummary;
  /** Share of the workers' time that was spent in the handler: 1 is all of it. */
  readonly utilisation: number;
}

/** A given number of jobs, from the first that was read to the last acknowledgement. */
export interface BatchResult {
  readonly jobs: number;
  /** Jobs that the busiest stage does at a time: workers × what each has in hand. */
  readonly parallel: number;
  /** What its jobs take, spread over all of them without a gap. */
  readonly idealMs: number;
  readonly measuredMs: number;
  /** What was measured beyond the ideal, as a share of it. */
  readonly overhead: number;
}

export interface ChaosResult {
  readonly events: readonly ChaosEvent[];
  readonly lost: number;
  readonly doubled: number;
  readonly wrong: number;
}

export interface ChaosEvent {
  /** Since the measurement began. */
  readonly atMs: number;
  readonly kind: ChaosKind;
  /** The node that was killed, or the change: `square=3`. */
  readonly target: string;
}

export type ChaosKind = "kill-worker" | "kill-proxy" | "kill-server" | "scale";
export const CHAOS_KINDS: readonly ChaosKind[] = ["kill-worker", "kill-proxy", "kill-server", "scale"];

/** A threshold that was not kept. */
export interface Missed {
  readonly threshold: string;
  /** What it was instead, in the unit of the threshold. */
  readonly actual: number;
}

/** What `bench` prints: one measurement, or one for each number of workers of a stage. */
export interface BenchReport {
  readonly sweep: { readonly stage: string; readonly workers: readonly number[] } | null;
  readonly results: readonly BenchResult[];
}

export const NO_ERRORS: Readonly<Record<ErrorKind, number>> = {
  refused: 0,
  timeout: 0,
  connection: 0,
  lost: 0,
  unsent: 0,
  failed: 0,
};

export function latencyOf(times: TimeHistogram): LatencyResult {
  return { ...times.summary(), p999Ms: times.percentileMs(99.9), hdr: times.times().hdr };
}
