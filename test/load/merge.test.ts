import { expect, test } from "vitest";
import { mergeReports, splitOrder } from "../../src/load/merge.js";
import { TimeHistogram } from "../../src/metrics/time-histogram.js";
import type { LoadOrder, LoadReport } from "../../src/plan/load.js";

const ORDER: LoadOrder = { samples: [], connections: 7, rate: 90, warmupMs: 0, durationMs: 1, patienceMs: 1 };

test("a load is shared out whole", () => {
  const shares = splitOrder(ORDER, 3);
  expect(shares.map(({ connections }) => connections)).toEqual([2, 2, 3]);
  expect(shares.map(({ rate }) => rate)).toEqual([30, 30, 30]);
  expect(splitOrder({ ...ORDER, connections: 1 }, 3)).toHaveLength(1);
});

test("reports are added up", () => {
  const report = (us: number, errors: LoadReport["errors"]): LoadReport => {
    const latency = new TimeHistogram();
    latency.record(us);
    const wrongAnswers = [{ request: `GET /${us}`, expected: "1", got: "2" }];
    const counts = { requests: 3, answered: 1, wrong: 1, doubled: 0 };
    return { ...counts, errors, wrongAnswers, latency: latency.times(), timeline: [1, 0] };
  };
  const merged = mergeReports([report(1_000, { lost: 1 }), report(3_000, { lost: 1, timeout: 2 })]);
  expect(merged).toMatchObject({
    requests: 6,
    answered: 2,
    wrong: 2,
    errors: { lost: 2, timeout: 2 },
    latency: { count: 2, sumUs: 4_000 },
    timeline: [2, 0],
  });
  expect(merged.wrongAnswers).toHaveLength(2);
});
