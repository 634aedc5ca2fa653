import { describe, expect, it } from "vitest";
// @ts-expect-error: the programs of test/bench are plain JavaScript
import { idealTimes } from "./ideal-queue.js";

describe("idealTimes", () => {
  it("makes a job wait for all before it when there is one worker", () => {
    expect(idealTimes([0, 1, 2], [2, 2, 2], 1)).toEqual([2, 3, 4]);
  });

  it("makes nobody wait while a worker is idle", () => {
    expect(idealTimes([0, 1, 10], [2, 2, 2], 2)).toEqual([2, 2, 2]);
  });

  it("lets short jobs pass by a long one on the other worker", () => {
    expect(idealTimes([0, 0, 0, 0], [50, 1, 1, 1], 2)).toEqual([50, 1, 2, 3]);
  });

  it("comes close to what theory says of one worker and equal jobs at 80 % load", () => {
    // M/D/1: the mean wait is load / (2 (1 - load)) services, so the mean time in system is 3.
    const random = generator(7);
    let clock = 0;
    const arrivals = Array.from({ length: 200_000 }, () => {
      clock -= Math.log(1 - random()) / 0.8;
      return clock;
    });
    const times: number[] = idealTimes(arrivals, new Array(arrivals.length).fill(1), 1);
    expect(times.reduce((sum, time) => sum + time, 0) / times.length).toBeCloseTo(3, 0);
  });
});

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
