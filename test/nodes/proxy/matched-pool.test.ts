import { beforeEach, describe, expect, it } from "vitest";
import { HopLog } from "../../../src/nodes/hop-log.js";
import { MatchedPool } from "../../../src/nodes/proxy/matched-pool.js";
import type { PoolOptions } from "../../../src/nodes/proxy/pool-types.js";
import type { Job } from "../../../src/protocol/messages.js";
import type { Match } from "../../../src/topology/types.js";
import { makeJob } from "../jobs.js";
import { NO_TRAINS } from "../trains.js";
import { FakeWorker } from "./fake-worker.js";
import { OPTIONS as PLAIN } from "./options.js";

const OPTIONS: PoolOptions = { ...PLAIN, stage: "draw" };

let done: number[];
let refused: { seq: number; message: string; status?: number; poison?: boolean }[];
let unwanted: Set<number>;
let pool: MatchedPool;
let now: number;

beforeEach(() => {
  done = [];
  refused = [];
  unwanted = new Set();
  now = 1000;
  pool = makePool();
});

function makePool(options: Partial<PoolOptions> = {}, match: Partial<Match> = {}): MatchedPool {
  return new MatchedPool(
    { job: "tile", worker: "tiles", otherwise: "any", ...match },
    { ...OPTIONS, ...options },
    {
      done: (job) => done.push(job.seq),
      failed: () => {},
      refused: (job, message, refusal) => refused.push({ seq: job.seq, message, ...refusal }),
      unwanted: (job) => unwanted.has(job.seq),
      ...NO_TRAINS,
      now: () => now++,
    },
    new HopLog(1024),
  );
}

/** A slow worker: it is given one job at a time. */
function enter(name: string, ...tiles: readonly string[]): FakeWorker {
  const worker = new FakeWorker();
  pool.join(worker, name, 2);
  if (tiles.length > 0) advertise(worker, ...tiles);
  return worker;
}

function advertise(worker: FakeWorker, ...tiles: readonly string[]): void {
  pool.receive(worker, { type: "advertise", attributes: [["tiles", tiles]] });
}

function add(seq: number, tile?: unknown, fields: Partial<Job> = {}): void {
  pool.add(makeJob({ seq, payload: JSON.stringify({ tile }), ...fields }));
}

function finish(worker: FakeWorker, seq: number, credits = 2): void {
  pool.receive(worker, { type: "done", slot: worker.slotOf(seq), credits, service: 0, outputs: [] });
}

describe("a job", () => {
  it("goes to the worker that advertises what it needs, and waits for that one, though others are idle", () => {
    const [a, b] = [enter("draw.1", "a"), enter("draw.2", "b")];
    for (const seq of [1, 2, 3]) add(seq, "b");
    expect([a.jobs, b.jobs]).toEqual([[], [1]]);
    expect(pool.stats()).toMatchObject({ workers: 2, idle: 1, depth: 2, inFlight: 1, received: 3 });
    add(4, "a");
    expect(a.jobs).toEqual([4]);
    for (const seq of [1, 2, 3]) finish(b, seq);
    expect(b.jobs).toEqual([1, 2, 3]);
    expect(done).toEqual([1, 2, 3]);
  });

  it("goes to the least busy of those that advertise it", () => {
    pool = makePool({ concurrency: 2 });
    const [one, two, other] = [enter("draw.1", "a"), enter("draw.2", "a"), enter("draw.3", "b")];
    for (const seq of [1, 2, 3, 4, 5]) add(seq, "a");
    expect([one.jobs, two.jobs, other.jobs]).toEqual([[1, 3], [2, 4], []]);
    finish(two, 4);
    expect(two.jobs).toEqual([2, 4, 5]);
  });

  it("that names nothing, or is no JSON, goes to any worker", () => {
    const [a, b, c] = [enter("draw.1", "a"), enter("draw.2", "b"), enter("draw.3")];
    add(1);
    add(2, null);
    pool.add(makeJob({ seq: 3, kind: 1, payload: Buffer.from([1, 2]) }));
    expect([a, b, c].flatMap(({ jobs }) => jobs).sort()).toEqual([1, 2, 3]);
  });

  it("names a number or a boolean by its text", () => {
    const [seven, yes] = [enter("draw.1", "7"), enter("draw.2", "true")];
    add(1, 7);
    add(2, true);
    expect([seven.jobs, yes.jobs]).toEqual([[1], [2]]);
  });

  it("that names a list or an object is refused", () => {
    enter("draw.1");
    add(1, ["a"]);
    const message = 'its "tile", by which its worker is chosen, is no text or number';
    expect(refused).toEqual([{ seq: 1, message, status: 0 }]);
  });

  it("is refused when as many wait as may, but not when it is sent again", () => {
    pool = makePool({ maxQueued: 1 });
    enter("draw.1", "a");
    for (const seq of [1, 2, 3]) add(seq, "a");
    expect(refused).toEqual([{ seq: 3, message: "its queue is full: 1 jobs", status: 503 }]);
    add(4, "a", { attempt: 2 });
    expect(pool.stats().depth).toBe(2);
  });

  it("is dropped when nobody wants it any more, or when it was sent again while it waits", () => {
    const worker = enter("draw.1", "a");
    for (const seq of [1, 2, 3]) add(seq, "a");
    add(3, "a", { attempt: 2 });
    unwanted.add(2);
    pool.sweep();
    expect(pool.stats()).toMatchObject({ depth: 1, dropped: 2 });
    finish(worker, 1);
    expect(worker.jobs).toEqual([1, 3]);
  });
});

describe("what no worker advertises", () => {
  it("goes to any worker: to the one with the least in hand, then to the one that advertises least", () => {
    const [a, b] = [enter("draw.1", "a"), enter("draw.2")];
    for (const seq of [1, 2, 3]) add(seq, "c");
    expect([a.jobs, b.jobs]).toEqual([[2], [1]]);
  });

  it("waits for whoever has loaded it meanwhile, and for nobody else", () => {
    const [a, b] = [enter("draw.1"), enter("draw.2")];
    for (const seq of [1, 2]) add(seq, "x");
    for (const seq of [3, 4]) add(seq, "c");
    advertise(a, "c");
    finish(b, 2);
    expect([a.jobs, b.jobs]).toEqual([[1], [2]]);
    finish(a, 1);
    finish(a, 3);
    expect(a.jobs).toEqual([1, 3, 4]);
  });

  it("goes to any worker again when the last that advertised it does so no more", () => {
    const [a, b] = [enter("draw.1", "c"), enter("draw.2", "b")];
    for (const seq of [1, 2, 3]) add(seq, "c");
    advertise(a, "a");
    expect([a.jobs, b.jobs]).toEqual([[1], [2]]);
    finish(b, 2);
    expect(b.jobs).toEqual([2, 3]);
  });

  it("waits until somebody advertises it, if the stage wants that; what names nothing does not", () => {
    pool = makePool({}, { otherwise: "wait" });
    const worker = enter("draw.1", "a");
    for (const seq of [1, 2]) add(seq, "c");
    add(3);
    expect(worker.jobs).toEqual([3]);
    finish(worker, 3);
    expect(worker.jobs).toEqual([3]);
    const late = enter("draw.2", "c");
    expect(late.jobs).toEqual([1]);
    pool.lose(late);
    expect(pool.stats()).toMatchObject({ depth: 2, redelivered: 1 });
    advertise(worker, "c");
    expect(worker.jobs).toEqual([3, 1]);
    finish(worker, 1);
    expect(worker.jobs).toEqual([3, 1, 2]);
    unwanted.add(4);
    add(4, "d");
    pool.sweep();
    expect(pool.stats()).toMatchObject({ depth: 0, dropped: 1 });
  });

  it("goes to one worker first, if the stage wants that: others that need the same wait until that one has it", () => {
    pool = makePool({}, { otherwise: "one" });
    const [a, b] = [enter("draw.1"), enter("draw.2")];
    for (const seq of [1, 2]) add(seq, "c");
    expect([a.jobs, b.jobs]).toEqual([[1], []]);
    add(3, "d");
    expect(b.jobs).toEqual([3]);
    advertise(a, "c");
    finish(a, 1);
    expect(a.jobs).toEqual([1, 2]);
    advertise(b, "d");
    finish(b, 3);
    // What was given up while a job needed it is again what nobody has.
    advertise(a);
    add(4, "c");
    expect(b.jobs).toEqual([3, 4]);
  });

  it("goes to the next one when the first is done, or dead, and has not come to advertise it", () => {
    pool = makePool({}, { otherwise: "one" });
    const [a, b, c] = [enter("draw.1"), enter("draw.2"), enter("draw.3")];
    for (const seq of [1, 2, 3, 4]) add(seq, "c");
    expect([a.jobs, b.jobs, c.jobs]).toEqual([[1], [], []]);
    finish(a, 1);
    const second = [a, b, c].find(({ jobs }) => jobs.includes(2))!;
    expect([a, b, c].flatMap(({ jobs }) => jobs)).toHaveLength(2);
    pool.lose(second);
    expect([a, b, c].filter((worker) => worker !== second).flatMap(({ jobs }) => jobs)).toEqual([2]);
    expect(pool.stats()).toMatchObject({ depth: 2, idle: 1 });
  });

  it("may be done several times at once by the one that loads it, if that can", () => {
    pool = makePool({ concurrency: 2 }, { otherwise: "one" });
    const [a, b] = [enter("draw.1"), enter("draw.2")];
    for (const seq of [1, 2, 3, 4]) add(seq, "c");
    expect([a.jobs, b.jobs]).toEqual([[1, 2], []]);
    finish(a, 2);
    expect([a.jobs, b.jobs]).toEqual([[1, 2, 3], []]);
    finish(a, 1);
    expect([a.jobs, b.jobs]).toEqual([[1, 2, 3, 4], []]);
  });

  it("waits for a worker of whatever kind when there is none", () => {
    for (const seq of [1, 2]) add(seq, "c");
    const worker = enter("draw.1");
    expect(worker.jobs).toEqual([1]);
  });
});

describe("workers", () => {
  it("that die leave their jobs to others that advertise the same, the one in hand alone", () => {
    const [one, two, other] = [enter("draw.1", "a"), enter("draw.2", "a"), enter("draw.3")];
    for (const seq of [1, 2, 3]) add(seq, "a");
    pool.lose(one);
    expect([two.jobs, other.jobs]).toEqual([[2], []]);
    finish(two, 2);
    expect(two.jobs).toEqual([2, 1]);
    finish(two, 1);
    expect(two.jobs).toEqual([2, 1, 3]);
    finish(two, 3);
    expect(done).toEqual([2, 1, 3]);
  });

  it("that die leave quick jobs that are done, however many others keep coming", () => {
    const workers = [1, 2, 3].map(() => new FakeWorker());
    for (const worker of workers) pool.join(worker, "draw", 500);
    for (let seq = 0; seq < 24; seq++) add(seq);
    const [one, two, third] = workers as [FakeWorker, FakeWorker, FakeWorker];
    const orphans = third.jobs;
    expect(orphans).toHaveLength(8);
    pool.lose(third);
    const finished = new Map([one, two].map((worker) => [worker, 0]));
    for (let seq = 24; seq < 1024; ) {
      for (const [worker, count] of finished) {
        if (worker.works.length > count) {
          finished.set(worker, count + 1);
          finish(worker, worker.works[count]!.seq, 500);
        }
        add(seq++);
      }
    }
    expect(orphans.filter((seq) => !done.includes(seq))).toEqual([]);
  });

  it("that die with the last of what they advertise leave their jobs to all", () => {
    const [one, other] = [enter("draw.1", "a"), enter("draw.2")];
    for (const seq of [1, 2]) add(seq, "a");
    pool.lose(one);
    expect(other.jobs).toEqual([1]);
    finish(other, 1);
    expect(other.jobs).toEqual([1, 2]);
  });

  it("that die with a job end it when so many have that it may have no more", () => {
    pool = makePool({ maxAttempts: 2 });
    add(1, "a");
    pool.lose(enter("draw.1", "a"));
    pool.lose(enter("draw.2"));
    expect(refused).toMatchObject([{ seq: 1, poison: true }]);
    expect(pool.stats()).toMatchObject({ depth: 0, failed: 1 });
  });

  it("that retire finish what they run, and their jobs go on with others", () => {
    const [one, two] = [enter("draw.1", "a"), enter("draw.2", "b")];
    for (const seq of [1, 2]) add(seq, "a");
    pool.receive(one, { type: "leave", unstarted: [] });
    expect(two.jobs).toEqual([2]);
    advertise(one, "a", "b");
    add(3, "a");
    expect(one.jobs).toEqual([1]);
    finish(one, 1);
    expect(one.said("bye")).toBe(1);
    finish(two, 2);
    expect(two.jobs).toEqual([2, 3]);
  });

  it("that are quick are given jobs ahead, so that they need not wait a round trip for each", () => {
    const quick = new FakeWorker();
    pool.join(quick, "draw.1", 500);
    for (let seq = 0; seq < 100; seq++) add(seq, "a");
    expect(quick.jobs.length).toBeGreaterThan(8);
    expect(quick.jobs.length).toBeLessThan(50);
  });

  it("have no jobs ahead that they may keep from others, unless the proxy is told to", () => {
    pool = makePool({ prefetch: 2 });
    const worker = enter("draw.1", "a");
    for (const seq of [1, 2, 3, 4]) add(seq, "a");
    expect(worker.jobs).toEqual([1, 2, 3]);
  });
});

describe("of what waits, a worker is given", () => {
  /** Busy with job 0. */
  function busy(): FakeWorker {
    const worker = enter("draw.1", "a", "b");
    add(0, "a");
    return worker;
  }

  function order(worker: FakeWorker, count: number): number[] {
    for (let i = 0; i < count; i++) finish(worker, worker.jobs.at(-1)!);
    return worker.jobs.slice(1);
  }

  it("first what came first, whichever of its values it is for", () => {
    const worker = busy();
    for (const [seq, tile] of ["a", "b", undefined, "c", "a"].entries()) add(seq + 1, tile);
    expect(order(worker, 5)).toEqual([1, 2, 3, 4, 5]);
  });

  it("first what has the higher priority", () => {
    pool = makePool({ policy: "priority" });
    const worker = busy();
    const priorities = [1, 5, 3, 5, 9, 1];
    for (const [i, priority] of priorities.entries()) add(i + 1, ["a", "b", undefined][i % 3], { priority });
    expect(order(worker, 6)).toEqual([5, 2, 4, 3, 1, 6]);
  });

  it("first what has the earlier deadline", () => {
    pool = makePool({ policy: "earliest-deadline" });
    const worker = busy();
    const deadlines = [30, 10, Number.POSITIVE_INFINITY, 20, 5];
    for (const [i, deadline] of deadlines.entries()) add(i + 1, ["a", "b", undefined][i % 3], { deadline });
    expect(order(worker, 5)).toEqual([5, 2, 4, 1, 3]);
  });

  it("some of each lane, however many jobs of one lane wait for one value", () => {
    pool = makePool({ policy: "fair" });
    const worker = busy();
    for (let seq = 1; seq <= 10; seq++) add(seq, "a", { lane: 1 });
    add(11, "b", { lane: 2 });
    add(12, "a", { lane: 3 });
    const given = order(worker, 5);
    expect(given).toContain(11);
    expect(given).toContain(12);
  });
});

it("what is made of a job that has just ended waits behind what has waited longer", () => {
  const worker = new FakeWorker();
  pool = new MatchedPool(
    { job: "tile", worker: "tiles", otherwise: "any" },
    OPTIONS,
    {
      // The stage has an edge to itself.
      done: ({ seq }) => seq < 10 && add(seq + 10, "a"),
      failed: () => {},
      refused: () => {},
      unwanted: () => false,
      ...NO_TRAINS,
      now: () => now++,
    },
    new HopLog(1024),
  );
  pool.join(worker, "draw.1", 2);
  advertise(worker, "a", "b");
  add(1, "a");
  add(2, "b");
  finish(worker, 1);
  finish(worker, 2);
  expect(worker.jobs).toEqual([1, 2, 11]);
});

it.each(["any", "one"] as const)(
  "no job is lost or done twice, whatever comes, goes and advertises: %s",
  (otherwise) => {
    pool = makePool({ maxAttempts: 1000, concurrency: 2 }, { otherwise });
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    const workers: FakeWorker[] = [];
    const open = new Map<FakeWorker, Set<number>>();
    const settle = (worker: FakeWorker) => {
      const work = worker.works.find(({ slot }) => !open.get(worker)!.has(slot));
      if (!work) return false;
      open.get(worker)!.add(work.slot);
      const credits = random(3) === 0 ? 100 : 3;
      pool.receive(worker, { type: "done", slot: work.slot, credits, service: 0, outputs: [] });
      return true;
    };
    const tiles = () => Array.from({ length: random(4) }, () => `t${random(6)}`);
    let seq = 0;
    for (let step = 0; step < 5000; step++) {
      const worker = workers[random(Math.max(workers.length, 1))];
      const what = random(20);
      if (what === 0 && workers.length < 5) {
        const joined = enter(`draw.${step}`, ...tiles());
        workers.push(joined);
        open.set(joined, new Set());
      } else if (!worker || what < 9) add(seq++, random(5) === 0 ? undefined : `t${random(8)}`);
      else if (what === 9) {
        pool.lose(worker);
        workers.splice(workers.indexOf(worker), 1);
      } else if (what === 10) advertise(worker, ...tiles());
      else settle(worker);
    }
    if (workers.length === 0) {
      const joined = enter("last");
      workers.push(joined);
      open.set(joined, new Set());
    }
    for (let more = true; more; ) more = workers.map(settle).includes(true);
    expect(pool.stats()).toMatchObject({ depth: 0, inFlight: 0 });
    expect(refused).toEqual([]);
    expect([...done].sort((a, b) => a - b)).toEqual(Array.from({ length: seq }, (_, i) => i));
  },
);
