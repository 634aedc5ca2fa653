import { beforeEach, describe, expect, it } from "vitest";
import { HopLog } from "../../../src/nodes/hop-log.js";
import { keyReader } from "../../../src/nodes/proxy/job-key.js";
import { KeyedPool } from "../../../src/nodes/proxy/keyed-pool.js";
import { makeJob } from "../jobs.js";
import { NO_TRAINS } from "../trains.js";
import { FakeWorker } from "./fake-worker.js";
import { OPTIONS as PLAIN } from "./options.js";

const OPTIONS = { ...PLAIN, stage: "count", maxAttempts: 2, key: "user" };

const USERS = Array.from({ length: 200 }, (_, user) => user);

let done: number[];
let refused: { seq: number; message: string; status?: number; poison?: boolean }[];
let unwanted: Set<number>;

beforeEach(() => {
  done = [];
  refused = [];
  unwanted = new Set();
});

function makePool(options: Partial<typeof OPTIONS> = {}): KeyedPool {
  return new KeyedPool(
    keyReader("user"),
    { ...OPTIONS, ...options },
    {
      done: (job) => done.push(job.seq),
      failed: () => {},
      refused: (job, message, refusal) => refused.push({ seq: job.seq, message, ...refusal }),
      unwanted: (job) => unwanted.has(job.seq),
      ...NO_TRAINS,
      now: () => 1000,
    },
    new HopLog(1024),
  );
}

function enter(pool: KeyedPool, name: string, credits = 1000): FakeWorker {
  const worker = new FakeWorker();
  pool.join(worker, name, credits);
  return worker;
}

/** One job for each user, whose number is its seq. */
function addAll(pool: KeyedPool, users: readonly number[] = USERS): void {
  for (const user of users) pool.add(makeJob({ seq: user, payload: JSON.stringify({ user }) }));
}

function finish(pool: KeyedPool, worker: FakeWorker, seq: number): void {
  pool.receive(worker, { type: "done", slot: worker.slotOf(seq), credits: 1000, service: 0, outputs: [] });
}

function finishAll(pool: KeyedPool, ...workers: readonly FakeWorker[]): void {
  for (const worker of workers) {
    const held = [...worker.works];
    worker.inbox.length = 0;
    for (const { slot } of held) {
      pool.receive(worker, { type: "done", slot, credits: 1000, service: 0, outputs: [] });
    }
  }
}

describe("jobs with equal keys", () => {
  it("go to the same worker, and the keys are spread over all", () => {
    const pool = makePool();
    const workers = ["count.1", "count.2", "count.3"].map((name) => enter(pool, name));
    addAll(pool);
    const first = workers.map(({ jobs }) => jobs);
    for (const jobs of first) expect(jobs.length).toBeGreaterThan(USERS.length / 6);
    finishAll(pool, ...workers);
    addAll(pool);
    expect(workers.map(({ jobs }) => jobs)).toEqual(first);
  });

  it("wait for their worker while another is idle, in order, and nothing is recalled", () => {
    const pool = makePool();
    const [a, b] = [enter(pool, "count.1", 1), enter(pool, "count.2", 1)];
    for (const seq of [0, 1, 2]) pool.add(makeJob({ seq, payload: '{"user":"me"}' }));
    const [mine, idle] = a.jobs.length > 0 ? [a, b] : [b, a];
    expect([mine.jobs, idle.jobs]).toEqual([[0], []]);
    expect(pool.stats()).toMatchObject({ workers: 2, idle: 1, depth: 2, inFlight: 1, received: 3 });
    pool.receive(mine, { type: "done", slot: mine.slotOf(0), credits: 1, service: 0, outputs: [] });
    expect([mine.jobs, idle.jobs, idle.said("work"), mine.said("recall")]).toEqual([[0, 1], [], 0, 0]);
  });

  it("wait for a worker when there is none, and are dropped when nobody wants them", () => {
    const pool = makePool();
    addAll(pool, [1, 2, 3]);
    unwanted.add(2);
    pool.sweep();
    expect(pool.stats()).toMatchObject({ depth: 2, dropped: 1 });
    expect(enter(pool, "count.1").jobs).toEqual([1, 3]);
  });

  it("keep their worker after a restart of all under the same names", () => {
    const names = ["count.1", "count.2"];
    const [before, after] = [makePool(), makePool()];
    const first = names.map((name) => enter(before, name));
    const second = [...names].reverse().map((name) => enter(after, name));
    addAll(before);
    addAll(after);
    expect(second.map(({ jobs }) => jobs).reverse()).toEqual(first.map(({ jobs }) => jobs));
  });

  it("are shared with a worker of the same name", () => {
    const pool = makePool();
    const workers = [enter(pool, "python"), enter(pool, "python")];
    addAll(pool);
    for (const { jobs } of workers) expect(jobs.length).toBeGreaterThan(USERS.length / 4);
  });
});

describe("when workers come and go", () => {
  it("who comes takes its share over, also of what waits, and no other key moves", () => {
    const pool = makePool();
    const old = [enter(pool, "count.1", 0), enter(pool, "count.2", 0)];
    addAll(pool);
    expect(pool.stats().depth).toBe(USERS.length);
    const third = enter(pool, "count.3");
    const moved = third.jobs;
    expect(moved.length).toBeGreaterThan(USERS.length / 6);
    expect(pool.stats().depth).toBe(USERS.length - moved.length);
    // The old ones get what they would have got without it.
    const alone = makePool();
    const twins = [enter(alone, "count.1"), enter(alone, "count.2")];
    addAll(alone);
    for (const worker of old)
      pool.receive(worker, { type: "failed", slot: 0, credits: 1000, service: 0, message: "", status: 0 });
    const stayed = (jobs: readonly number[]) => jobs.filter((user) => !moved.includes(user));
    expect(old.map(({ jobs }) => jobs)).toEqual(twins.map(({ jobs }) => stayed(jobs)));
  });

  it("what a dead worker held goes to the others, once each, and theirs stay", () => {
    const pool = makePool();
    const [a, b, c] = ["count.1", "count.2", "count.3"].map((name) => enter(pool, name)) as [
      FakeWorker,
      FakeWorker,
      FakeWorker,
    ];
    addAll(pool);
    const [mine, theirs] = [a.jobs, [...b.jobs, ...c.jobs]];
    finishAll(pool, b, c);
    pool.lose(a);
    // What may have been running runs alone first.
    for (let left = mine.length; left > 0; left--) {
      for (const worker of [b, c]) finishAll(pool, worker);
    }
    expect([...done].sort((x, y) => x - y)).toEqual(USERS);
    expect(done).toHaveLength(mine.length + theirs.length);
    expect(pool.stats()).toMatchObject({ workers: 2, depth: 0, inFlight: 0, done: USERS.length });
  });

  it("a job in whose handling max_attempts workers have died is given up, wherever they were", () => {
    const pool = makePool({ concurrency: 1 });
    const workers = [enter(pool, "count.1", 2), enter(pool, "count.2", 2), enter(pool, "count.3", 2)];
    pool.add(makeJob({ seq: 7, payload: '{"user":7}' }));
    for (let deaths = 0; deaths < 2; deaths++) {
      const holder = workers.find(({ jobs }) => jobs.length > 0)!;
      workers.splice(workers.indexOf(holder), 1);
      pool.lose(holder);
    }
    expect(refused).toEqual([
      { seq: 7, message: expect.stringContaining("2 workers died with this job in hand"), poison: true },
    ]);
    expect(workers[0]!.jobs).toEqual([]);
  });

  it("who retires finishes what it runs; the rest moves", () => {
    const pool = makePool();
    const leaving = enter(pool, "count.1", 3);
    addAll(pool, [1, 2, 3, 4]);
    const other = enter(pool, "count.2", 0);
    const slots = [2, 3].map((seq) => leaving.slotOf(seq));
    pool.receive(leaving, { type: "leave", unstarted: slots });
    expect(leaving.said("bye")).toBe(0);
    addAll(pool, [5]);
    finish(pool, leaving, 1);
    expect(leaving.said("bye")).toBe(1);
    pool.lose(leaving);
    expect(leaving.jobs).not.toContain(5);
    const third = enter(pool, "count.3", 1000);
    pool.lose(other);
    expect(third.jobs).toEqual(expect.arrayContaining([2, 3, 4, 5]));
    expect(done).toEqual([1]);
  });
});

describe("refused is", () => {
  it("what has no key, by name", () => {
    const pool = makePool();
    const payloads = ["{}", "7", "null", '{"user":null}', '{"user":{}}', "no JSON"];
    payloads.forEach((payload, seq) => {
      pool.add(makeJob({ seq, payload }));
    });
    expect(refused.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(refused[0]!.message).toContain('no text or number "user"');
    expect(pool.stats()).toMatchObject({ received: 6, failed: 6 });
  });

  it("what is beyond max_queued, in all queues together", () => {
    const pool = makePool({ maxQueued: 3 });
    for (const name of ["count.1", "count.2"]) enter(pool, name, 0);
    addAll(pool, [1, 2, 3, 4]);
    expect(refused).toEqual([{ seq: 4, message: "its queue is full: 3 jobs", status: 503 }]);
  });
});

describe("a key", () => {
  const key = (path: string, payload: string) => keyReader(path)(makeJob({ payload }));

  it("may lie deep, and be of any kind that has a text", () => {
    expect(key("order.user", '{"order":{"user":"a"}}')).toBe(key("user", '{"user":"a"}'));
    for (const value of ["0", "true", '"x"', "12345678901234567890"]) {
      expect(key("user", `{"user":${value}}`)).toBeTypeOf("number");
    }
    expect(key("user", '{"user":12345678901234567890}')).not.toBe(key("user", '{"user":12345678901234567891}'));
  });

  it("is none of what every object has", () => {
    expect(key("constructor.name", "{}")).toBeUndefined();
  });
});
