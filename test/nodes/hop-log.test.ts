import { describe, expect, it } from "vitest";
import { fromShared, toShared } from "../../src/metrics/shared-clock.js";
import { Hop, HopLog } from "../../src/nodes/hop-log.js";
import { makeJob } from "./jobs.js";
import { makeTrain } from "./trains.js";

/** Settled at the ms of its number. */
function add(log: HopLog, seq: number, at = seq): void {
  log.add(makeJob({ session: 7, seq, hops: 3, from: 4, to: 5, attempt: 2 }), "w.1", at - 2, at, 500, Hop.failed, 1);
}

describe("a hop log", () => {
  it("tells what was added, with times of the shared clock", () => {
    const log = new HopLog(8);
    add(log, 1, 1000);
    expect(log.find([{ session: 7, seq: 1 }], 0, 10)).toEqual([
      {
        session: 7,
        seq: 1,
        hop: 3,
        from: 4,
        stage: 5,
        worker: "w.1",
        arrivedAt: toShared(998),
        tookMs: 2,
        serviceMs: 0.5,
        outcome: "failed",
        attempt: 2,
        deaths: 1,
      },
    ]);
    expect(log.find([{ session: 8, seq: 1 }], 0, 10)).toEqual([]);
  });

  it("tells each job of a train, over the end of its ring too", () => {
    const log = new HopLog(8);
    for (let seq = 1; seq <= 6; seq++) add(log, seq, 1000 + seq);
    log.addTrain(
      makeTrain(20, 12, { session: 7, hops: 2, to: 6 }),
      "w.2",
      1001,
      1010,
      Uint32Array.from(Array(12).keys()),
    );
    const all = Array.from({ length: 40 }, (_, seq) => ({ session: 7, seq }));
    const found = log.find(all, 0, 99);
    expect(found.map(({ seq, serviceMs }) => [seq, serviceMs])).toEqual(
      Array.from({ length: 8 }, (_, i) => [31 - i, (11 - i) / 1000]),
    );
    const common = { session: 7, hop: 2, stage: 6, worker: "w.2", tookMs: 9, outcome: "done", attempt: 1, deaths: 0 };
    for (const hop of found) expect(hop).toMatchObject(common);
  });

  it("forgets the oldest, and says since when it knows all", () => {
    const log = new HopLog(8);
    const begun = log.rememberedSince;
    for (let seq = 1; seq <= 8; seq++) add(log, seq, 1000 + seq);
    expect(log.rememberedSince).toBe(begun);
    for (let seq = 9; seq <= 11; seq++) add(log, seq, 1000 + seq);
    const all = Array.from({ length: 11 }, (_, i) => ({ session: 7, seq: i + 1 }));
    expect(log.find(all, 0, 99).map(({ seq }) => seq)).toEqual([11, 10, 9, 8, 7, 6, 5, 4]);
    expect(fromShared(log.rememberedSince)).toBeCloseTo(1004, 3);
  });

  it("looks no further back than it is asked to, and tells no more than it is asked for", () => {
    const log = new HopLog(8);
    for (let seq = 1; seq <= 8; seq++) add(log, 1, seq);
    expect(log.find([{ session: 7, seq: 1 }], 6, 99).length).toBe(3);
    expect(log.find([{ session: 7, seq: 1 }], 0, 2).length).toBe(2);
    const question = { about: "hops", requests: [{ session: 7, seq: 1 }], since: toShared(0), most: 2 } as const;
    expect(log.answer(question, () => []).hopsSince).toBe(Number.POSITIVE_INFINITY);
  });
});
