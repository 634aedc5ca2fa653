import { describe, expect, it } from "vitest";
import { toShared } from "../../../src/metrics/shared-clock.js";
import { RequestLog } from "../../../src/nodes/owner/request-log.js";

function makeLog(size: number): RequestLog {
  const ownership = {
    session: 7,
    owner: "lines",
    entryOf: (entry: number) => `line ${entry}`,
    openSince: (seq: number) => (seq === 99 ? { startedAt: 500, entry: 12 } : undefined),
  };
  return new RequestLog(ownership, size);
}

const about = (session: number, ...seqs: readonly number[]) =>
  ({ about: "requests", requests: seqs.map((seq) => ({ session, seq })) }) as const;

describe("a request log", () => {
  it("tells what has ended, and what has not", () => {
    const log = makeLog(8);
    log.add(3, 4, 100, 130, "timeout");
    expect(log.answer(about(7, 3, 4, 99))).toEqual([
      { session: 7, seq: 3, owner: "lines", entry: "line 4", startedAt: toShared(100), tookMs: 30, outcome: "timeout" },
      {
        session: 7,
        seq: 99,
        owner: "lines",
        entry: "line 12",
        startedAt: toShared(500),
        tookMs: undefined,
        outcome: "pending",
      },
    ]);
    expect(log.answer(about(8, 3))).toEqual([]);
  });

  it("forgets a request when its place is needed", () => {
    const log = makeLog(8);
    log.add(3, 0, 0, 1, "done");
    log.add(11, 0, 0, 1, "done");
    expect(log.answer(about(7, 3, 11)).map(({ seq }) => seq)).toEqual([11]);
  });

  it("tells the ten slowest since it was asked", () => {
    const log = makeLog(64);
    const times = Array.from({ length: 40 }, (_, i) => (i * 7) % 40);
    for (const [seq, ms] of times.entries()) log.add(seq, 0, 1000, 1000 + ms, "done");
    const slowest = log.answer({ about: "slowest" }).map(({ tookMs }) => tookMs);
    expect(slowest.sort((a, b) => b! - a!)).toEqual([39, 38, 37, 36, 35, 34, 33, 32, 31, 30]);
    log.add(41, 0, 1000, 1001, "done");
    expect(log.answer({ about: "slowest" }).map(({ tookMs }) => tookMs)).toEqual([1]);
    expect(log.answer({ about: "slowest" })).toEqual([]);
  });
});
