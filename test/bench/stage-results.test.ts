import { describe, expect, test } from "vitest";
import { batchResult } from "../../src/bench/batch-result.js";
import { stageResults } from "../../src/bench/stage-results.js";
import { bottleneckOf } from "../../src/metrics/bottleneck.js";
import type { Snapshot } from "../../src/metrics/snapshot.js";
import { TimeHistogram } from "../../src/metrics/time-histogram.js";
import { TimeTotals } from "../../src/metrics/time-totals.js";
import { stage, topologyOf } from "../runtime/support.js";
import { result } from "./support.js";

function times(...ms: readonly number[]) {
  const histogram = new TimeHistogram();
  for (const value of ms) histogram.record(value * 1000);
  const totals = new TimeTotals();
  totals.observe("x", 1, histogram.times());
  return totals.snapshot("x");
}

function snapshot(wanted: number, waits: readonly number[], services: readonly number[]): Snapshot {
  const workers = { wanted, ready: wanted, idle: 0 };
  const counts = { depth: 0, oldestMs: 0, inFlight: 0, gathering: 0, inPerSecond: 0, outPerSecond: 0 };
  const totals = { received: 0, done: 0, failed: 0, redelivered: 0, dropped: 0 };
  const square = { name: "square", workers, ...counts, ...totals, wait: times(...waits), service: times(...services) };
  return { stages: [square] } as unknown as Snapshot;
}

test("a stage is judged by what happened between two moments", () => {
  const topology = topologyOf([stage("square", { concurrency: 2 })]);
  const before = { at: 1_000, snapshot: snapshot(2, [900], [900]) };
  const after = { at: 2_000, snapshot: snapshot(2, [900, 10, 20], [900, 100, 300]) };
  const [square] = stageResults(topology, before, after);
  // 400 ms of the 2 × 2 × 1000 ms that there were.
  expect(square).toMatchObject({
    workers: 2,
    utilisation: 0.1,
    wait: { count: 2 },
    service: { count: 2, meanMs: 200 },
  });
  expect(square!.wait.maxMs).toBeCloseTo(20, 0);
});

describe("the bottleneck", () => {
  const [square, sum] = result().stages;

  test("is the stage whose workers are busiest", () => {
    const queued = { ...sum!, wait: { ...sum!.wait, meanMs: 1000 } };
    expect(bottleneckOf([square!, queued])).toEqual({ stage: "square", by: "utilisation" });
  });

  test("is where jobs wait longest, when no workers are busy", () => {
    expect(bottleneckOf([{ ...square!, utilisation: 0.4 }, sum!])).toEqual({ stage: "square", by: "wait" });
  });
});

describe("a given number of jobs", () => {
  const topology = topologyOf([stage("square", { concurrency: 2 })]);
  const after = { at: 0, snapshot: snapshot(2, [], [100, 300]) };
  const summary = { done: 2, failed: 0, failures: [], earlier: { done: 0, failed: 0 }, tookMs: 125 };

  test("takes what its work takes, spread over all that can be done at a time, and something more", () => {
    const { parallel, idealMs, measuredMs, overhead } = batchResult(
      { topology, jobs: 2, jobMs: undefined },
      summary,
      after,
    );
    expect([parallel, Math.round(idealMs), measuredMs]).toEqual([4, 100, 125]);
    expect(overhead).toBeCloseTo(0.25, 1);
  });

  test("may be held against what a job should take", () => {
    expect(batchResult({ topology, jobs: 2, jobMs: 240 }, summary, after).idealMs).toBe(120);
  });

  test("is held against that in the stage that is busiest, not in one with fewer workers that has little to do", () => {
    const [square] = after.snapshot.stages;
    const [out] = snapshot(1, [], [1, 1]).stages;
    const both = { at: 0, snapshot: { ...after.snapshot, stages: [square!, { ...out!, name: "out" }] } };
    const result = batchResult({ topology, jobs: 2, jobMs: 240 }, summary, both);
    expect([result.parallel, result.idealMs]).toEqual([4, 120]);
  });

  test("must have been made", () => {
    const source = { ...stage("x"), name: "in" } as never;
    const few = { ...topology, sources: [source] };
    expect(() => batchResult({ topology: few, jobs: 3, jobMs: undefined }, summary, after)).toThrow(
      "in made only 2 of 3",
    );
  });
});
