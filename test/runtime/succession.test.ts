import { describe, expect, it } from "vitest";
import { Succession } from "../../src/runtime/succession.js";
import type { Source } from "../../src/topology/types.js";

function source(name: string, after: readonly string[] = [], despiteFailures = false): Source {
  return {
    name,
    input: { kind: "stdin" },
    to: ["work"],
    maxInFlight: 1,
    maxInFlightBytes: 1,
    timeoutMs: undefined,
    priority: 0,
    limit: undefined,
    checkpoint: undefined,
    after,
    despiteFailures,
    env: {},
  };
}

const began = (succession: Succession, ...names: string[]) => names.filter((name) => succession.begins(name));

describe("a source", () => {
  it("begins when all that it comes after are finished", () => {
    const succession = new Succession([source("a"), source("b"), source("c", ["a", "b"])]);
    expect(began(succession, "a", "b", "c")).toEqual(["a", "b"]);
    succession.finish("a", 0);
    expect(succession.begins("c")).toBe(false);
    succession.finish("b", 0);
    expect(succession.begins("c")).toBe(true);
  });

  it("is not started after failures, and neither is what comes after it", () => {
    const succession = new Succession([source("a"), source("b", ["a"]), source("c", ["b"])]);
    succession.finish("a", 2);
    expect(began(succession, "b", "c")).toEqual([]);
    expect(succession.obstacles("b")).toEqual([{ source: "a", failed: 2 }]);
    expect(succession.obstacles("c")).toEqual([{ source: "b", failed: 0 }]);
  });

  it("starts despite failures if it is told to, but not before all have ended", () => {
    const succession = new Succession([source("a"), source("b", ["a"]), source("e"), source("c", ["b", "e"], true)]);
    succession.finish("a", 1);
    expect([succession.begins("c"), succession.obstacles("c")]).toEqual([false, []]);
    succession.finish("e", 3);
    expect(succession.begins("c")).toBe(true);
  });

  it("begins after all when the failures were mended, and not while they are under way again", () => {
    const succession = new Succession([source("a"), source("b", ["a"])]);
    succession.finish("a", 1);
    succession.reopen("a");
    expect([succession.begins("b"), succession.hasFinished("a"), succession.obstacles("b")]).toEqual([
      false,
      false,
      [],
    ]);
    succession.finish("a", 0);
    expect(succession.begins("b")).toBe(true);
  });

  it("that has begun goes on, whatever becomes of those before it", () => {
    const succession = new Succession([source("a"), source("b", ["a"])]);
    succession.finish("a", 0);
    expect(succession.begins("b")).toBe(true);
    succession.reopen("a");
    succession.finish("a", 4);
    expect([succession.begins("b"), succession.obstacles("b")]).toEqual([true, []]);
  });
});
