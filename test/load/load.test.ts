import { beforeEach, describe, expect, test } from "vitest";
import { Load } from "../../src/load/load.js";
import type { Done } from "../../src/load/ports.js";
import { TimeHistogram } from "../../src/metrics/time-histogram.js";
import type { LoadOrder, LoadReport } from "../../src/plan/load.js";
import type { Sample } from "../../src/topology/types.js";

const SAMPLE: Sample = { method: "GET", target: "/?n=1", body: undefined, status: 200, answer: { value: { n: 1 } } };
const RIGHT = { status: 200, body: '{"n":1}' };

/** A clock that stands still until it is told, and a system that answers when the test wants. */
class World {
  time = 0;
  readonly sent: { readonly at: number; readonly sample: number; readonly done: Done }[] = [];
  #timers: { at: number; act: () => void }[] = [];
  /** How the system answers; by default each request takes 10 ms. */
  answer: (done: Done) => void = (done) => void this.after(10, () => done(RIGHT));

  after(ms: number, act: () => void): () => void {
    const timer = { at: this.time + ms, act };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  advance(until: number): void {
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.act();
    }
    this.time = until;
  }

  run(order: Partial<LoadOrder>): Promise<LoadReport> {
    const load = new Load(
      {
        samples: [SAMPLE],
        connections: 1,
        rate: undefined,
        warmupMs: 0,
        durationMs: 1000,
        patienceMs: 500,
        ...order,
      },
      {
        now: () => this.time,
        after: (ms, act) => this.after(ms, act),
        send: (sample, done) => {
          this.sent.push({ at: this.time, sample, done });
          this.answer(done);
        },
      },
    );
    const report = load.run();
    this.advance(this.time + 60_000);
    return report;
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe("a closed loop", () => {
  test("keeps as many requests under way as there are connections", async () => {
    const { requests, answered } = await world.run({ connections: 3 });
    expect(world.sent.slice(0, 6).map(({ at }) => at)).toEqual([0, 0, 0, 10, 10, 10]);
    expect([requests, answered]).toEqual([300, 300]);
  });

  test("measures what starts after the warm-up, and waits for the last answers", async () => {
    const { requests, answered, latency } = await world.run({ warmupMs: 205, durationMs: 100 });
    expect([requests, answered, latency.count, latency.sumUs]).toEqual([10, 10, 10, 100_000]);
    expect(world.sent.at(-1)!.at).toBe(300);
  });

  test("sends the samples in turn", async () => {
    await world.run({ samples: [SAMPLE, SAMPLE, SAMPLE], durationMs: 50 });
    expect(world.sent.map(({ sample }) => sample)).toEqual([0, 1, 2, 0, 1]);
  });

  test("does not spin on refusals and broken connections", async () => {
    world.answer = (done) => void world.after(0, () => done("connection"));
    const { requests, errors } = await world.run({ durationMs: 100 });
    expect([requests, errors]).toEqual([20, { connection: 20 }]);
  });

  test("tells right answers over time", async () => {
    const { timeline } = await world.run({ durationMs: 300, connections: 2 });
    expect(timeline).toEqual([18, 20, 20]);
  });
});

describe("an open loop", () => {
  test("has arrivals at its rate, whatever the answers do", async () => {
    world.answer = (done) => void world.after(300, () => done(RIGHT));
    const { requests } = await world.run({ connections: 100, rate: 100, durationMs: 100 });
    expect(world.sent.map(({ at }) => Math.round(at))).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(requests).toBe(10);
  });

  test("measures what is due at the end of the warm-up, though it may leave a little before", async () => {
    world.answer = (done) => void world.after(Math.round(world.time) === 190 ? 9.7 : 1, () => done(RIGHT));
    const { requests, answered, errors } = await world.run({ rate: 100, warmupMs: 200, durationMs: 100 });
    expect(world.sent[20]!.at).toBeCloseTo(199.7);
    expect([requests, answered, errors]).toEqual([10, 10, {}]);
  });

  test("counts latency from when a request was due, not from when a connection was free: nothing is omitted", async () => {
    // The system stands still for 500 ms once, and answers at once otherwise.
    world.answer = (done) => {
      const stalled = world.time < 500 ? 500 - world.time : 0;
      world.after(stalled, () => done(RIGHT));
    };
    const { latency, answered } = await world.run({ connections: 1, rate: 100, durationMs: 1000 });
    expect(answered).toBe(100);
    // The fifty that were due meanwhile waited for 500, 490, 480 … ms.
    expect(latency.sumUs / 1000).toBeCloseTo((50 * 510) / 2, -2);
    expect(TimeHistogram.from(latency).percentileMs(75)).toBeGreaterThan(240);
  });

  test("has as many arrivals whenever it begins", async () => {
    for (let start = 1; start < 10_000; start *= 1.01) {
      world.time = start;
      const { requests, errors } = await world.run({ connections: 5, rate: 100, warmupMs: 200, durationMs: 500 });
      expect([requests, errors], `begun at ${start}`).toEqual([50, {}]);
    }
  });

  test("beyond what the system can do says how many were never sent", async () => {
    const { requests, answered, errors } = await world.run({ connections: 1, rate: 1000, durationMs: 1000 });
    expect([requests, answered, errors]).toEqual([100, 100, { unsent: 900 }]);
  });

  test("leaves out of the unsent what was due in the warm-up", async () => {
    world.answer = () => {};
    const { errors } = await world.run({ connections: 1, rate: 100, warmupMs: 100, durationMs: 200 });
    expect(errors).toEqual({ unsent: 20 });
  });
});

describe("what comes back", () => {
  const withAnswer = (answer: Parameters<Done>[0]) => {
    world.answer = (done) => void world.after(10, () => done(answer));
    return world.run({ durationMs: 30 });
  };

  test("is right in any order of keys and with any spaces", async () => {
    const samples = [{ ...SAMPLE, answer: { value: { a: 1, b: [2n ** 60n] } } }];
    world.answer = (done) => void world.after(10, () => done({ status: 200, body: `{ "b": [${2n ** 60n}], "a": 1 }` }));
    expect(await world.run({ samples, durationMs: 30 })).toMatchObject({ answered: 3, wrong: 0 });
  });

  test("is wrong with another value, and shown with what was expected", async () => {
    const { answered, wrong, wrongAnswers, errors } = await withAnswer({ status: 200, body: Buffer.from('{"n":2}') });
    expect([answered, wrong, errors]).toEqual([0, 3, {}]);
    expect(wrongAnswers[0]).toEqual({ request: "GET /?n=1", expected: '200 {"n":1}', got: '200 {"n":2}' });
  });

  test("is wrong with another status, but 503 is a refusal and 504 a timeout", async () => {
    expect(await withAnswer({ status: 500, body: '{"n":1}' })).toMatchObject({ wrong: 3 });
    expect(await withAnswer({ status: 504, body: "" })).toMatchObject({ wrong: 0, errors: { timeout: 3 } });
    expect((await withAnswer({ status: 503, body: "" })).errors.refused).toBeGreaterThan(0);
  });

  test("is wrong in the warm-up too", async () => {
    world.answer = (done) =>
      void world.after(10, () => done({ status: 200, body: world.time < 50 ? "null" : RIGHT.body }));
    expect(await world.run({ warmupMs: 100, durationMs: 100 })).toMatchObject({ requests: 10, answered: 10, wrong: 4 });
  });

  test("is lost when nothing comes for long, and doubled when it comes twice", async () => {
    world.answer = () => {};
    expect((await world.run({ connections: 2 })).errors).toEqual({ lost: 2 });
    world = new World();
    world.answer = (done) =>
      void world.after(10, () => {
        done(RIGHT);
        done(RIGHT);
      });
    // The second word about the last one comes when the report is made already.
    expect(await world.run({ durationMs: 30 })).toMatchObject({ answered: 3, doubled: 2 });
  });
});
