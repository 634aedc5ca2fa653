import { describe, expect, it } from "vitest";
import { Credits } from "../../../src/nodes/worker/credits.js";

/** After many jobs of that length. */
function creditsFor(ms: number, concurrency = 1): number {
  const credits = new Credits(concurrency);
  for (let i = 0; i < 100; i++) credits.record(ms);
  return credits.count;
}

describe("credits", () => {
  it("are one job ahead for each that runs, until it is known how long jobs take", () => {
    expect([new Credits(1).count, new Credits(8).count]).toEqual([2, 16]);
  });

  it("are one ahead for each that runs when jobs are slow", () => {
    expect([creditsFor(10), creditsFor(0.3), creditsFor(10, 4)]).toEqual([2, 2, 8]);
  });

  it("are hundreds for jobs of microseconds, with a bound", () => {
    expect([creditsFor(0.04), creditsFor(0.01), creditsFor(0.0001)]).toEqual([101, 401, 2049]);
  });

  it("count those that run at a time as one job that is so much quicker", () => {
    expect(creditsFor(0.4, 10)).toBe(110);
  });
});
