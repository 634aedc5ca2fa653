import { describe, expect, test } from "vitest";
import { changeCounts } from "../../src/runtime/counts.js";
import { stage } from "./support.js";

const stages = [stage("square"), stage("sum", { workers: { min: 1, max: 4, initial: 2, sizing: undefined } })];
const counts = new Map([
  ["square", 2],
  ["sum", 2],
]);
const change = (name: string, to: number | { delta: number }) => changeCounts(stages, counts, [{ stage: name, to }]);

describe("scaling", () => {
  test("sets a number or changes it, and tells what was and what is", () => {
    const { result } = changeCounts(stages, counts, [
      { stage: "square", to: 4 },
      { stage: "sum", to: { delta: -1 } },
    ]);
    expect(result.stages).toEqual([
      { stage: "square", before: 2, after: 4 },
      { stage: "sum", before: 2, after: 1 },
    ]);
  });

  test("keeps within min and max of the topology", () => {
    expect(() => change("sum", 5)).toThrow("sum cannot have 5 workers: 1 to 4 are allowed");
    expect(() => change("sum", { delta: -2 })).toThrow("cannot have 0 workers");
  });

  test("a fixed number may become any from 1 to 1024", () => {
    expect(change("square", 1024).result.stages[0]?.after).toBe(1024);
    expect(() => change("square", 1025)).toThrow("1 to 1024");
    expect(() => change("square", 0)).toThrow("1 to 1024");
  });

  test("suggests the stage that was meant", () => {
    expect(() => change("sqare", 2)).toThrow(expect.objectContaining({ hints: ['did you mean "square"?'] }));
  });
});
