import { describe, expect, test } from "vitest";
import { decide, FRESH, type SizingRule, type StageSight } from "../../src/runtime/sizing.js";

const RULE: SizingRule = { min: 1, max: 8, waitMs: 250, idleMs: 30_000 };
const SECOND = 1000;

/** A pool under a load, looked at once a second; new workers are there a second after they were wanted. */
class Trace {
  workers = 1;
  depth = 0;
  readonly resizes: { readonly at: number; readonly to: number; readonly reason: string }[] = [];
  #ready = 1;
  #state = FRESH;
  #at = 0;

  constructor(
    private readonly rule: SizingRule = RULE,
    private readonly perWorker = 10,
  ) {}

  /** @param arrivals jobs a second; each worker does `perWorker` */
  run(seconds: number, arrivals: number, busyShare = 0): this {
    for (let i = 0; i < seconds; i++) {
      this.#at += SECOND;
      const capacity = this.#ready * this.perWorker;
      const work = this.depth + arrivals;
      this.depth = Math.max(0, work - capacity);
      const busy = Math.min(this.#ready, Math.ceil(work / this.perWorker));
      const oldestMs = (this.depth / capacity) * SECOND;
      this.see({
        at: this.#at,
        workers: { wanted: this.workers, ready: this.#ready, idle: this.#ready - busy },
        depth: this.depth,
        oldestMs,
        busyShare,
      });
      this.#ready = this.workers;
    }
    return this;
  }

  see(sight: StageSight): void {
    const { state, resize } = decide(this.#state, sight, this.rule);
    this.#state = state;
    if (resize === undefined) return;
    this.workers = resize.to;
    this.resizes.push({ at: sight.at, ...resize });
  }

  get sizes(): readonly number[] {
    return this.resizes.map(({ to }) => to);
  }
}

describe("a pool that sizes itself", () => {
  test("stays as it is while its workers keep up", () => {
    expect(new Trace().run(600, 9).resizes).toEqual([]);
  });

  test("grows while jobs wait too long, says why, and comes to rest at what it takes", () => {
    const trace = new Trace().run(600, 35);
    expect([trace.workers, trace.depth]).toEqual([4, 0]);
    expect(trace.resizes[0]).toEqual({
      at: 2 * SECOND,
      to: 2,
      reason: "1 → 2: jobs have waited 5s (more than 250ms), 50 are queued",
    });
    expect(trace.resizes.filter(({ at }) => at > 80 * SECOND)).toEqual([]);
  });

  test("never goes beyond its bounds", () => {
    const trace = new Trace().run(60, 1000);
    expect([trace.workers, Math.max(...trace.sizes)]).toEqual([8, 8]);
    trace.depth = 0;
    trace.run(120, 0);
    expect(trace.workers).toBe(1);
  });

  test("does not grow by more than there are jobs that wait", () => {
    const trace = new Trace({ ...RULE, min: 4, max: 16 });
    trace.workers = 8;
    const workers = { wanted: 8, ready: 8, idle: 0 };
    for (const at of [1000, 2000]) trace.see({ at, workers, depth: 1, oldestMs: 900, busyShare: 0 });
    expect(trace.resizes).toEqual([
      { at: 2000, to: 9, reason: "8 → 9: jobs have waited 900ms (more than 250ms), 1 is queued" },
    ]);
  });

  test("takes one late look for bad luck, and a queue that will be gone at once for no reason", () => {
    const trace = new Trace();
    const sight = { workers: { wanted: 1, ready: 1, idle: 0 }, busyShare: 0 };
    trace.see({ ...sight, at: 1000, depth: 5, oldestMs: 400 });
    trace.see({ ...sight, at: 2000, depth: 0, oldestMs: 0 });
    trace.see({ ...sight, at: 3000, depth: 100, oldestMs: 400 });
    trace.see({ ...sight, at: 4000, depth: 10, oldestMs: 400 });
    trace.see({ ...sight, at: 5000, depth: 0, oldestMs: 0 });
    expect(trace.resizes).toEqual([]);
  });

  test("waits until the last new workers are there and have shown what they do", () => {
    const trace = new Trace();
    const late = { depth: 500, oldestMs: 5000, busyShare: 0 };
    const at = (second: number) => second * SECOND;
    trace.see({ ...late, at: at(1), workers: { wanted: 1, ready: 1, idle: 0 } });
    trace.see({ ...late, at: at(2), workers: { wanted: 1, ready: 1, idle: 0 } });
    for (let i = 3; i < 20; i++) trace.see({ ...late, at: at(i), workers: { wanted: 2, ready: 1, idle: 0 } });
    expect(trace.sizes).toEqual([2]);
    for (let i = 20; i < 22; i++) trace.see({ ...late, at: at(i), workers: { wanted: 2, ready: 2, idle: 0 } });
    expect(trace.sizes).toEqual([2]);
    trace.see({ ...late, at: at(22), workers: { wanted: 2, ready: 2, idle: 0 } });
    expect(trace.sizes).toEqual([2, 3]);
  });

  test("does not grow when the run has all processors busy already", () => {
    expect(new Trace().run(60, 1000, 0.95).resizes).toEqual([]);
    expect(new Trace().run(60, 1000, 0.85).workers).toBe(8);
  });

  test("shrinks to the most that had work, after a whole while of idling", () => {
    const trace = new Trace().run(60, 75);
    const { workers } = trace;
    expect(workers).toBe(8);
    trace.depth = 0;
    trace.run(29, 15);
    expect(trace.workers).toBe(8);
    trace.run(6, 15);
    expect(trace.workers).toBe(2);
    expect(trace.resizes.at(-1)!.reason).toBe("8 → 2: no more than 2 had work in the last 30s");
  });

  test("keeps what a burst needs that comes again and again", () => {
    const trace = new Trace().run(60, 75);
    trace.depth = 0;
    for (let i = 0; i < 20; i++) trace.run(1, 75).run(19, 5);
    expect(trace.workers).toBe(8);
  });

  test("does not flap under a load between two sizes", () => {
    const trace = new Trace().run(30, 55);
    const settled = trace.resizes.length;
    for (let i = 0; i < 300; i++) trace.run(2, i % 2 === 0 ? 55 : 45);
    expect(trace.resizes.length - settled).toBeLessThanOrEqual(2);
  });

  test("remembers no more than it has workers, however long it waits before it shrinks", () => {
    let state = FRESH;
    const rule = { ...RULE, idleMs: 48 * 3600 * SECOND };
    for (let at = 0; at < 5000 * SECOND; at += SECOND) {
      const workers = { wanted: 8, ready: 8, idle: (at / SECOND) % 8 };
      state = decide(state, { at, workers, depth: 0, oldestMs: 0, busyShare: 0 }, rule).state;
      expect(state.needs.length).toBeLessThanOrEqual(8);
    }
    expect(state.needs[0]!.workers).toBe(8);
  });
});
