import { describe, expect, it } from "vitest";
import type { Trace } from "../../src/control/trace.js";
import type { TracedHop, TracedRequest } from "../../src/plan/trace.js";
import { HOME } from "../../src/plan/types.js";
import { SlowTraces } from "../../src/runtime/slow-traces.js";
import { type Findings, joined, wayOf } from "../../src/runtime/way.js";

const KEY = { session: 1, seq: 37 };
const REQUEST: TracedRequest = {
  ...KEY,
  owner: "server",
  entry: "GET /",
  startedAt: 5000,
  tookMs: 20.0004,
  outcome: "done",
};

function hop(changes: Partial<TracedHop>): TracedHop {
  return {
    ...KEY,
    hop: 1,
    from: HOME,
    stage: 0,
    worker: "a.1",
    arrivedAt: 5001,
    tookMs: 3,
    serviceMs: 1,
    outcome: "done",
    attempt: 1,
    deaths: 0,
    ...changes,
  };
}

function way(changes: Partial<Findings>): Trace | undefined {
  const findings = { key: KEY, owner: "server", request: REQUEST, hops: [], hopsSince: 0, ...changes };
  return wayOf(findings, ["a", "b"], 4000);
}

describe("the way of a request", () => {
  it("is its hops by number and time, from its admission on, those of others left out", () => {
    const hops = [
      hop({ hop: 2, from: 0, stage: 1, worker: "b.2", arrivedAt: 5009 }),
      hop({ hop: 2, from: 0, stage: 1, worker: "b.1", arrivedAt: 5007 }),
      hop({ seq: 38 }),
      hop({ session: 2 }),
      hop({}),
    ];
    const told = way({ hops })!;
    expect(told).toMatchObject({ request: "1-11", entry: "GET /", startedAt: 1000, latencyMs: 20, complete: true });
    expect(told.hops.map((each) => [each.hop, each.from, each.stage, each.worker, each.arrivedMs])).toEqual([
      [1, "server", "a", "a.1", 1],
      [2, "a", "b", "b.1", 7],
      [2, "a", "b", "b.2", 9],
    ]);
    expect(told.hops[0]).toMatchObject({ waitMs: 2, serviceMs: 1 });
  });

  it("is not complete when hops may have been forgotten since it began, or its owner has forgotten it", () => {
    expect(way({ hopsSince: 5000 })!.complete).toBe(true);
    expect(way({ hopsSince: 5000.1 })!.complete).toBe(false);
    const forgotten = way({ request: undefined, hops: [hop({})] })!;
    expect(forgotten).toMatchObject({ outcome: "forgotten", startedAt: 1001, latencyMs: undefined, complete: false });
  });

  it("is unknown when nobody knows anything of it", () => {
    expect(way({ request: undefined, hops: [hop({ seq: 38 })] })).toBeUndefined();
  });

  it("is joined from what was known earlier and what is known now, each hop once", () => {
    const first = hop({});
    const second = hop({ hop: 2, stage: 1, arrivedAt: 5010 });
    const before = way({ hops: [first, hop({ hop: 2, stage: 1, arrivedAt: 5010, outcome: "running" })] })!;
    const now = way({ request: undefined, hops: [second], hopsSince: 5005 })!;
    const both = joined(before, now);
    expect(both.hops.map(({ hop, arrivedMs }) => [hop, arrivedMs])).toContainEqual([2, 10]);
    expect(joined(before, before).hops).toEqual(before.hops);
    expect(both).toMatchObject({ outcome: "done", complete: true });
  });
});

describe("the slowest of the last minute", () => {
  const trace = (request: string, latencyMs: number) => ({ ...way({})!, request, latencyMs });

  it("are told in order, until a minute has passed", () => {
    const slow = new SlowTraces();
    slow.add([trace("a", 5), trace("b", 50)], 1_000);
    slow.add([trace("c", 20)], 2_000);
    expect(slow.slowest(2, 3_000).map(({ request }) => request)).toEqual(["b", "c"]);
    expect(slow.slowest(9, 61_500).map(({ request }) => request)).toEqual(["c"]);
    expect(slow.slowest(9, 62_000)).toEqual([]);
  });

  it("are not more than may ever be told", () => {
    const slow = new SlowTraces();
    for (let i = 0; i < 50; i++) slow.add([trace(`${i}`, i)], 1_000 + i);
    expect(slow.get("39")).toBeUndefined();
    expect(slow.slowest(99, 2_000).map(({ request }) => request)).toEqual(
      [49, 48, 47, 46, 45, 44, 43, 42, 41, 40].map(String),
    );
  });
});
