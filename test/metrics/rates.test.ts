import { describe, expect, test } from "vitest";
import { Rates } from "../../src/metrics/rates.js";
import { Totals } from "../../src/metrics/totals.js";

const sample = (at: number, jobs: number) => ({ at, counters: new Map([["jobs", jobs]]) });

describe("a rate", () => {
  test("is the growth of a counter by second", () => {
    const rates = new Rates();
    rates.record(sample(0, 100));
    expect(rates.perSecond("jobs", sample(2_000, 300))).toBe(100);
  });

  test("is 0 while there is nothing to compare with", () => {
    const rates = new Rates();
    expect(rates.perSecond("jobs", sample(0, 100))).toBe(0);
  });

  test("is not taken over less than half a second", () => {
    const rates = new Rates();
    rates.record(sample(0, 0));
    rates.record(sample(1_000, 1_000));
    expect(rates.perSecond("jobs", sample(1_001, 1_001))).toBe(1_000);
  });

  test("of what grows in lumps is taken over all that is remembered", () => {
    const rates = new Rates();
    expect(rates.meanPerSecond("jobs", sample(0, 100))).toBe(0);
    for (const at of [0, 1_000, 2_000]) rates.record(sample(at, 0));
    expect(rates.meanPerSecond("jobs", sample(4_000, 400))).toBe(100);
    expect(rates.perSecond("jobs", sample(4_000, 400))).toBe(200);
  });

  test("counts from 0 when the counter has begun again", () => {
    const rates = new Rates();
    rates.record(sample(0, 1_000));
    expect(rates.perSecond("jobs", sample(1_000, 10))).toBe(10);
  });
});

describe("a total", () => {
  test("adds up the lives of the process that counts", () => {
    const totals = new Totals();
    totals.observe("jobs", 1, 5);
    totals.observe("jobs", 1, 7);
    totals.observe("jobs", 2, 1);
    expect(totals.all().get("jobs")).toBe(8);
  });

  test("stays while the process is silent", () => {
    const totals = new Totals();
    totals.observe("jobs", 1, 5);
    expect(totals.all().get("jobs")).toBe(5);
  });
});
