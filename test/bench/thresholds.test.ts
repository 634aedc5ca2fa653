import { describe, expect, test } from "vitest";
import { missedOf, parseThreshold } from "../../src/bench/thresholds.js";
import { result } from "./support.js";

const STAGES = ["square", "sum-up"];

describe("a threshold", () => {
  test.each([
    ["p99>50ms", { metric: "p99", operator: ">", limit: 50 }],
    ["p99.9 >= 1.5s", { metric: "p99.9", operator: ">=", limit: 1500 }],
    ["mean>500us", { metric: "mean", operator: ">", limit: 0.5 }],
    ["rate<1000", { metric: "rate", operator: "<", limit: 1000 }],
    ["errors>0", { metric: "errors", operator: ">", limit: 0 }],
    ["square.wait.p99>5ms", { metric: "square.wait.p99", operator: ">", limit: 5 }],
    ["sum-up.service.max<=5ms", { metric: "sum-up.service.max", operator: "<=", limit: 5 }],
    ["square.utilisation>90%", { metric: "square.utilisation", operator: ">", limit: 0.9 }],
  ])("%s", (text, expected) => {
    expect(parseThreshold(text, STAGES)).toMatchObject(expected);
  });

  test.each([
    ["p99", '"p99" is not a threshold'],
    ["p99=5ms", '"p99=5ms" is not a threshold'],
    ["p99>50", "p99 is a time, so it needs a unit"],
    ["p99>50%", "p99 is a time, so it needs a unit"],
    ["rate<5ms", "rate is no time"],
    ["p98>5ms", 'there is no metric "p98"'],
    ["squar.wait.p99>5ms", 'there is no metric "squar.wait.p99"'],
  ])("%s is none", (text, message) => {
    expect(() => parseThreshold(text, STAGES)).toThrow(message);
  });

  test("that is misspelt is told with the nearest", () => {
    expect(() => parseThreshold("squar.wait.p99>5ms", STAGES)).toThrow(
      expect.objectContaining({ hints: ['did you mean "square.wait.p99"?'], exitCode: 2 }),
    );
  });
});

test("what was missed is told with what it was instead", () => {
  const thresholds = [
    "p99>19ms",
    "p99>20ms",
    "p99.9>=30ms",
    "rate<1000",
    "rate<100",
    "errors>2",
    "errors>3",
    "square.wait.p50>1ms",
    "square.service.p50>1ms",
    "square.utilisation>50%",
  ].map((text) => parseThreshold(text, STAGES));
  expect(missedOf(result(), thresholds)).toEqual([
    { threshold: "p99>19ms", actual: 20 },
    { threshold: "p99.9>=30ms", actual: 30 },
    { threshold: "rate<1000", actual: 500 },
    { threshold: "errors>2", actual: 3 },
    { threshold: "square.wait.p50>1ms", actual: 2 },
    { threshold: "square.utilisation>50%", actual: 0.75 },
  ]);
});
