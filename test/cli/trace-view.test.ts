import { describe, expect, it } from "vitest";
import { formatSlowest, formatTrace } from "../../src/cli/trace-view.js";
import type { Trace, TraceHop } from "../../src/control/trace.js";

function hop(changes: Partial<TraceHop>): TraceHop {
  return {
    hop: 1,
    from: "server",
    stage: "split",
    worker: "split.1",
    arrivedMs: 0,
    waitMs: 10,
    serviceMs: 10,
    outcome: "done",
    attempt: 1,
    deaths: 0,
    ...changes,
  };
}

const TRACE: Trace = {
  request: "k3-1",
  owner: "server",
  entry: "GET /",
  startedAt: Date.UTC(2026, 0, 31, 12, 30, 5, 250),
  latencyMs: 80,
  outcome: "done",
  hops: [
    hop({}),
    hop({ hop: 2, from: "split", stage: "item", worker: "item.2", arrivedMs: 20, waitMs: 0, serviceMs: 40 }),
    hop({ hop: 3, from: "item", stage: "item", worker: "item.1", arrivedMs: 60, waitMs: 20, serviceMs: 0.004 }),
  ],
  complete: true,
};

describe("the way of a request, as text", () => {
  it("is a line a hop, with a bar that waits and runs, in 80 columns", () => {
    expect(formatTrace(TRACE)).toBe(
      [
        "k3-1: GET /, done in 80 ms, at 2026-01-31T12:30:05.250Z",
        "",
        "AT MS  HOP  STAGE  WORKER   WAIT  SERVICE",
        "    0    1  split  split.1    10       10  ░░░░░████",
        "   20    2  item   item.2      0       40           ███████████████████",
        "   60    3  item   item.1     20    0.004                              ░░░░░░░░█",
      ].join("\n"),
    );
  });

  it("says what is not as usual: failures, resends, deaths, what still runs and what may be missing", () => {
    const text = formatTrace({
      ...TRACE,
      owner: "numbers",
      entry: "line 17",
      latencyMs: undefined,
      outcome: "pending",
      hops: [
        hop({ outcome: "failed", attempt: 2, deaths: 1 }),
        hop({ outcome: "running", serviceMs: 0 }),
        hop({ outcome: "dropped", worker: "" }),
      ],
      complete: false,
    });
    expect(text).toContain("k3-1: numbers, line 17, pending, at ");
    expect(text).toMatch(/█ *failed, sending 2, a worker died with it$/m);
    expect(text).toMatch(/ split\.1 +10 +- +▒+ +running$/m);
    expect(text).toMatch(/ - +10 +10 .*dropped$/m);
    expect(text).toMatch(/^Hops may be missing/m);
  });

  it("says so when there are no hops", () => {
    expect(formatTrace({ ...TRACE, hops: [] })).toContain("No stage is done with it yet.");
  });
});

describe("the slowest, as text", () => {
  it("are a line each, with the stage that took most", () => {
    expect(formatSlowest([TRACE], TRACE.startedAt + 3_080)).toBe(
      [
        "REQUEST  ENTRY  AGO  TOOK MS  OUTCOME  HOPS  MOST IN  MS",
        "k3-1     GET /  3s        80  done        3  item     60",
      ].join("\n"),
    );
  });

  it("may be none", () => {
    expect(formatSlowest([], 0)).toBe("No request has ended in the last minute.");
  });
});
