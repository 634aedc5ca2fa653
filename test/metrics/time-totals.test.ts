import { describe, expect, test } from "vitest";
import { TimeHistogram } from "../../src/metrics/time-histogram.js";
import { TimeTotals } from "../../src/metrics/time-totals.js";

function times(...us: readonly number[]) {
  const histogram = new TimeHistogram();
  for (const value of us) histogram.record(value);
  return histogram.times();
}

describe("total times", () => {
  test("are of all lives of the process that keeps them", () => {
    const totals = new TimeTotals();
    totals.observe("a/wait", 1, times(1_000));
    totals.observe("a/wait", 1, times(1_000, 2_000));
    totals.observe("a/wait", 2, times(3_000));
    totals.observe("a/wait", 2, times(3_000, 4_000));
    totals.observe("a/wait", 3, times());
    const { total } = totals.snapshot("a/wait");
    expect(total).toEqual({ count: 4, sumMs: 10, hdr: times(1_000, 2_000, 3_000, 4_000).hdr });
  });

  test("of what nobody has told are none", () => {
    const { count, p99Ms, total } = new TimeTotals().snapshot("a/wait");
    expect([count, p99Ms, total]).toEqual([0, 0, { count: 0, sumMs: 0, hdr: "" }]);
  });
});

describe("recent times", () => {
  test("are all there are in the first seconds", () => {
    const totals = new TimeTotals();
    totals.observe("a/wait", 1, times(1_000));
    expect(totals.snapshot("a/wait")).toMatchObject({ count: 1, meanMs: 1 });
  });

  test("are those since the oldest mark of the last five seconds, restarts or not", () => {
    const totals = new TimeTotals();
    totals.observe("a/wait", 1, times(100_000));
    totals.mark(0);
    totals.observe("a/wait", 1, times(100_000, 50_000));
    totals.mark(3_000);
    expect(totals.snapshot("a/wait")).toMatchObject({ count: 1, maxMs: expect.closeTo(50, -1) });
    totals.observe("a/wait", 2, times(2_000));
    totals.mark(6_000);
    expect(totals.snapshot("a/wait")).toMatchObject({ count: 1, meanMs: 2, total: { count: 3 } });
    totals.mark(9_000);
    expect(totals.snapshot("a/wait")).toMatchObject({ count: 0, maxMs: 0, total: { count: 3 } });
  });
});
