import type { BenchResult } from "../../src/bench/result.js";
import { TimeHistogram } from "../../src/metrics/time-histogram.js";

/** A measurement with all parts filled. */
export function result(changes: Partial<BenchResult> = {}): BenchResult {
  const latency = new TimeHistogram();
  for (let i = 1; i <= 500; i++) latency.record(i * 40);
  const times = (p50Ms: number) => ({ count: 500, meanMs: p50Ms, p50Ms, p90Ms: p50Ms, p99Ms: 5, maxMs: 6 });
  return {
    topology: "demo",
    placement: "separate",
    transport: "ipc",
    workers: { square: 2, "sum-up": 1 },
    entry: "http",
    mode: "closed",
    connections: 64,
    targetRate: null,
    warmupMs: 200,
    durationMs: 1000,
    requests: 503,
    answered: 500,
    rate: 500,
    errors: { refused: 1, timeout: 1, connection: 0, lost: 0, unsent: 0, failed: 0 },
    wrong: 1,
    wrongAnswers: [{ request: "GET /?n=<2>", expected: "200 4", got: "200 5" }],
    latency: {
      count: 500,
      meanMs: 10,
      p50Ms: 10,
      p90Ms: 18,
      p99Ms: 20,
      maxMs: 40,
      p999Ms: 30,
      hdr: latency.times().hdr,
    },
    stages: [
      { name: "square", workers: 2, wait: times(2), service: times(1), utilisation: 0.75 },
      { name: "sum-up", workers: 1, wait: times(0.5), service: times(0.25), utilisation: 0.05 },
    ],
    bottleneck: { stage: "square", by: "utilisation" },
    timeline: { everyMs: 100, answered: [50, 50, 40, 60, 50, 50, 50, 50, 50, 50] },
    batch: null,
    chaos: null,
    missed: [],
    ...changes,
  };
}
