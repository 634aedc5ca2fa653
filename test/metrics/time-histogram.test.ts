import library from "hdr-histogram-js";
import { describe, expect, test } from "vitest";
import { NO_TIMES, TimeHistogram } from "../../src/metrics/time-histogram.js";

const HOUR_US = 3_600_000_000;

function of(...values: readonly number[]): TimeHistogram {
  const histogram = new TimeHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** 0 to an hour, a few in each place. */
const SPREAD = Array.from({ length: 2_000 }, (_, i) => Math.round(Math.exp((i / 2_000) * Math.log(HOUR_US))));

describe("a histogram of times", () => {
  test("has the places, the percentiles and the encoding of the library", () => {
    const theirs = library.build({
      bitBucketSize: 64,
      highestTrackableValue: HOUR_US,
      numberOfSignificantValueDigits: 2,
    });
    for (const value of [0, ...SPREAD, HOUR_US]) theirs.recordValue(value);
    const ours = of(0, ...SPREAD, HOUR_US);
    expect(ours.times().hdr).toBe(library.encodeIntoCompressedBase64(theirs));
    for (const percentile of [1, 50, 90, 99, 99.9]) {
      expect(ours.percentileMs(percentile) * 1000).toBeCloseTo(theirs.getValueAtPercentile(percentile), 0);
    }
  });

  test("keeps an exact mean, and percentiles to two digits", () => {
    const { meanMs, p50Ms, p99Ms, maxMs, count } = of(...Array.from({ length: 1000 }, (_, i) => i + 1)).summary();
    expect([count, meanMs]).toEqual([1000, 0.501]);
    expect(p50Ms).toBeCloseTo(0.5, 2);
    expect(p99Ms).toBeCloseTo(0.99, 2);
    expect(maxMs).toBe(1);
  });

  test("takes any number for a time: below zero is none, an hour is the most", () => {
    const histogram = of(-5, 1.4, 2 * HOUR_US, Number.NaN);
    expect(histogram.times()).toMatchObject({ count: 4, sumUs: HOUR_US + 1 });
    expect(histogram.maxMs()).toBe(HOUR_US / 1000);
  });

  test("comes back from what it tells", () => {
    const times = of(...SPREAD).times();
    expect(TimeHistogram.from(times).times()).toEqual(times);
    expect(TimeHistogram.from(NO_TIMES).times()).toEqual(NO_TIMES);
  });

  test("adds another, and subtracts what it was before", () => {
    const [early, late] = [of(10, 20, 5_000), of(100, 200)];
    const both = of(10, 20, 5_000);
    both.add(late);
    expect(both.times()).toEqual(of(10, 20, 100, 200, 5_000).times());
    both.subtract(early);
    expect(both.times()).toMatchObject({ count: 2, sumUs: 300 });
    expect(both.maxMs()).toBeCloseTo(0.2, 2);
  });
});
