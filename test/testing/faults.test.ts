import { describe, expect, test } from "vitest";
import { resultFaults, timeFaults } from "../../src/testing/faults.js";
import type { SystemTest } from "../../src/topology/types.js";

const bounds = (withinMs?: number, notBeforeMs?: number) => ({ withinMs, notBeforeMs }) as SystemTest;

test("a time is wrong beyond its bounds only", () => {
  expect(timeFaults(bounds(), 1e9)).toEqual([]);
  expect(timeFaults(bounds(3000, 2000), 2500)).toEqual([]);
  expect(timeFaults(bounds(3000, 2000), 3001)).toEqual([
    { what: "time", expected: "within 3 s", actual: "after 3.001 s" },
  ]);
  expect(timeFaults(bounds(3000, 2000), 1990)).toEqual([
    { what: "time", expected: "not before 2 s", actual: "after 1.99 s" },
  ]);
});

describe("results", () => {
  test("are a set that counts, whatever the order of lines and keys", () => {
    expect(resultFaults([{ a: 1, b: 2 }, 3, 3], ["3", '{"b":2,"a":1}', "3"], false)).toEqual([]);
    expect(resultFaults([3, 3, 4], ["3", "4", "4"], false)).toEqual([
      { what: "results", expected: "3 results; missing: 3", actual: "3 results; not expected: 4" },
    ]);
  });

  test("in order are compared up to the first that differs", () => {
    expect(resultFaults([1, 2, 3], ["1", "2", "3"], true)).toEqual([]);
    expect(resultFaults([1, 2, 3], ["1", "3", "2"], true)).toEqual([
      { what: "results", expected: "3 results in order; missing: 2, 3", actual: "3 results; not expected: 3, 2" },
    ]);
    expect(resultFaults([1], ["1", "2"], true)[0]!.actual).toBe("2 results; not expected: 2");
  });

  test("are exact to the last digit, and long lists are cut", () => {
    expect(resultFaults([9007199254740993n], ["9007199254740992"], false)).toHaveLength(1);
    const many = Array.from({ length: 30 }, (_, i) => String(i));
    expect(resultFaults([], many, false)[0]!.actual).toMatch(/^30 results; not expected: 0, .* 9 and 20 more$/);
  });
});
