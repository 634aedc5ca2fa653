import { describe, expect, test } from "vitest";
import { type Clock, TickFeed } from "../../../src/nodes/source/ticks.js";
import { type Body, textOf } from "../../../src/protocol/payload.js";
import type { TickInput } from "../../../src/topology/types.js";
import { NOTHING } from "./helpers.js";

const NOON = Date.UTC(2026, 0, 2, 12);
const EVERY: TickInput = { kind: "ticks", schedule: { kind: "every", ms: 100 }, overlap: "skip", limit: 3 };

/** A clock that goes only when somebody waits for it, and jobs that take as long as they are told. */
class World {
  at = NOON;
  full = false;
  readonly ticks: unknown[] = [];
  readonly places: (readonly number[])[] = [];
  /** By tick: what happens when it is given. */
  readonly onTick = new Map<number, () => void>();
  readonly stop = new AbortController();
  whenRoom = () => {};

  readonly clock: Clock = {
    now: () => this.at,
    until: async (ms, stopped) => {
      this.at = Math.max(this.at, ms);
      return !stopped.aborted;
    },
  };

  feed(input: TickInput, from = NOTHING): TickFeed {
    const jobs = {
      full: false,
      room: async () => this.whenRoom(),
      admit: (body: Body, index: number, offset: number, lines: number) => {
        const value = JSON.parse(textOf(body.payload));
        this.ticks.push([value.tick, Date.parse(value.time) - NOON, value.skipped]);
        this.places.push([index, offset - NOON, lines]);
        this.onTick.get(value.tick)?.();
        return 0;
      },
    };
    Object.defineProperty(jobs, "full", { get: () => this.full });
    return new TickFeed(jobs, input, from, this.stop.signal, this.clock);
  }
}

describe("ticks of an interval", () => {
  test("begin at once, keep to their grid, and end after as many as were asked for", async () => {
    const world = new World();
    const feed = world.feed(EVERY);
    await feed.run();
    const grid = [
      [1, 0, 0],
      [2, 100, 0],
      [3, 200, 0],
    ];
    expect(world.ticks).toEqual(grid);
    expect(world.places).toEqual([
      [0, 0, 0],
      [1, 100, 1],
      [2, 200, 2],
    ]);
    expect([feed.nextIndex, feed.next, feed.skipped]).toEqual([3, { offset: NOON + 300, lines: 3 }, 0]);
  });

  test("are skipped and counted while the one before is not done", async () => {
    const world = new World();
    world.onTick.set(2, () => {
      world.full = true;
      const { until } = world.clock;
      // Done at 450: the ticks of 200, 300 and 400 find it under way.
      world.clock.until = async (ms, stopped) => {
        if (ms > NOON + 450) world.full = false;
        return until(ms, stopped);
      };
    });
    const feed = world.feed(EVERY);
    await feed.run();
    expect(world.ticks).toEqual([
      [1, 0, 0],
      [2, 100, 0],
      [3, 500, 3],
    ]);
    expect(feed.skipped).toBe(3);
  });

  test("wait for the one before if they should, as one", async () => {
    const world = new World();
    world.onTick.set(1, () => {
      world.full = true;
    });
    world.whenRoom = () => {
      world.at = NOON + 350;
      world.full = false;
    };
    await world.feed({ ...EVERY, overlap: "wait" }).run();
    expect(world.ticks).toEqual([
      [1, 0, 0],
      [2, 100, 0],
      [3, 400, 2],
    ]);
  });

  test("go on where they were: one that was not done comes again, what was missed is skipped", async () => {
    const world = new World();
    world.at = NOON + 1050;
    const feed = world.feed(EVERY, { ...NOTHING, floor: 1, position: { offset: NOON + 100, lines: 1 } });
    await feed.run();
    expect(world.ticks).toEqual([
      [2, 100, 0],
      [3, 1100, 9],
    ]);
  });

  test("end when they are stopped, also while one waits for room", async () => {
    const world = new World();
    world.full = true;
    world.whenRoom = () => world.stop.abort();
    await world.feed({ ...EVERY, overlap: "wait", limit: undefined }).run();
    expect(world.ticks).toEqual([]);
  });
});

test("ticks of a pattern come when it says so, by the clock of its timezone", async () => {
  const world = new World();
  const schedule = { kind: "cron", pattern: "30 9 * * MON-FRI", timezone: "America/New_York" } as const;
  await world.feed({ ...EVERY, schedule }).run();
  const hours = world.ticks.map((tick) => (tick as number[])[1]! / 3_600_000);
  // Friday the 2nd at 14:30 UTC; then Monday and Tuesday.
  expect(hours).toEqual([2.5, 74.5, 98.5]);
});

test("the real clock waits, and stops waiting", async () => {
  const world = new World();
  const stop = new AbortController();
  const admit = () => {
    stop.abort();
    return 0;
  };
  const jobs = { full: false, room: async () => {}, admit };
  const input: TickInput = { ...EVERY, schedule: { kind: "every", ms: 86_400_000 }, limit: undefined };
  const feed = new TickFeed(jobs, input, NOTHING, stop.signal);
  await feed.run();
  expect([feed.nextIndex, world.ticks]).toEqual([1, []]);
});
