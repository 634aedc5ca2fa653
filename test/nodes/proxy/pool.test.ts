import { beforeEach, describe, expect, it, vi } from "vitest";
import { HopLog } from "../../../src/nodes/hop-log.js";
import { Pool } from "../../../src/nodes/proxy/pool.js";
import type { PoolOptions } from "../../../src/nodes/proxy/pool-types.js";
import type { FromWorker, Job } from "../../../src/protocol/messages.js";
import { makeJob } from "../jobs.js";
import { NO_TRAINS } from "../trains.js";
import { FakeWorker } from "./fake-worker.js";
import { OPTIONS } from "./options.js";

let now: number;
let log: HopLog;
let unwanted: Set<number>;
let done: number[];
let failed: { seq: number; message: string; status: number }[];

beforeEach(() => {
  now = 1000;
  log = new HopLog(64);
  unwanted = new Set();
  done = [];
  failed = [];
});

function makePool(options: Partial<PoolOptions> = {}): Pool {
  return new Pool(
    { ...OPTIONS, ...options },
    {
      done: (job) => done.push(job.seq),
      failed: (job, message, status) => failed.push({ seq: job.seq, message, status }),
      refused: (job, message, { status = 0 }) => failed.push({ seq: job.seq, message, status }),
      unwanted: (job) => unwanted.has(job.seq),
      ...NO_TRAINS,
      now: () => now,
    },
    log,
  );
}

function job(seq: number): Job {
  return makeJob({ seq });
}

function enter(pool: Pool, credits: number): FakeWorker {
  const worker = new FakeWorker();
  pool.join(worker, "square.1", credits);
  return worker;
}

function finish(pool: Pool, worker: FakeWorker, seq: number, credits = 2, service = 0): void {
  pool.receive(worker, { type: "done", slot: worker.slotOf(seq), credits, service, outputs: [] });
}

function say(pool: Pool, worker: FakeWorker, message: Exclude<FromWorker, { type: "hello" }>): void {
  pool.receive(worker, message);
}

function addJobs(pool: Pool, count: number, first = 0): void {
  for (let seq = first; seq < first + count; seq++) pool.add(job(seq));
}

describe("giving out", () => {
  it("sends only against credits, and again as they come free", () => {
    const pool = makePool();
    const worker = enter(pool, 2);
    addJobs(pool, 4);
    expect(worker.jobs).toEqual([0, 1]);
    expect(pool.stats()).toMatchObject({ depth: 2, inFlight: 2, workers: 1, idle: 0 });
    finish(pool, worker, 0);
    expect(worker.jobs).toEqual([0, 1, 2]);
    expect(done).toEqual([0]);
  });

  it("gives nothing to who wants nothing for now, though each is given but what it runs, or more ahead", () => {
    for (const options of [{ recalls: false }, { prefetch: 4 }]) {
      const pool = makePool(options);
      const workers = [enter(pool, 0), enter(pool, 0)];
      addJobs(pool, 2);
      expect(workers.map((worker) => worker.jobs)).toEqual([[], []]);
    }
  });

  it("keeps jobs until there is a worker", () => {
    const pool = makePool();
    addJobs(pool, 2);
    expect(pool.stats()).toMatchObject({ depth: 2, workers: 0 });
    expect(enter(pool, 2).jobs).toEqual([0, 1]);
  });

  it("prefers the worker with the least in hand", () => {
    const pool = makePool();
    const [a, b] = [enter(pool, 2), enter(pool, 2)];
    addJobs(pool, 3);
    expect(a.jobs).toEqual([0, 2]);
    expect(b.jobs).toEqual([1]);
  });

  it("prefers a quick worker that is awake to one that would have to be woken, but only for so much work", () => {
    const pool = makePool();
    const [a, b] = [enter(pool, 81), enter(pool, 81)];
    addJobs(pool, 6);
    expect(a.jobs).toEqual([0, 1, 2, 3, 4]);
    expect(b.jobs).toEqual([5]);
  });

  it("wakes another worker for each job that takes 0.1 ms or more", () => {
    const pool = makePool();
    const [a, b] = [enter(pool, 41), enter(pool, 41)];
    addJobs(pool, 4);
    expect([a.jobs, b.jobs]).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it("gives nothing to a worker that wants nothing, and to the others all that they want", () => {
    const pool = makePool();
    const [content, eager] = [enter(pool, 0), enter(pool, 3)];
    for (const seq of [1, 2, 3, 4]) pool.add(job(seq));
    expect([content.jobs, eager.jobs]).toEqual([[], [1, 2, 3]]);
    // Not even what has to run alone.
    pool.lose(eager);
    expect(content.jobs).toEqual([]);
    expect(enter(pool, 3).jobs).toEqual([1]);
  });

  it("gives as many ahead as `prefetch` says, whatever the worker asks for", () => {
    const pool = makePool({ prefetch: 0 });
    const worker = enter(pool, 500);
    addJobs(pool, 3);
    expect(worker.jobs).toEqual([0]);
  });

  it("gives nothing ahead that it may not take back, except to a worker that is alone", () => {
    const pool = makePool({ recalls: false });
    const alone = enter(pool, 3);
    addJobs(pool, 5);
    expect(alone.jobs).toEqual([0, 1, 2]);
    const second = enter(pool, 3);
    expect([alone.jobs, second.jobs]).toEqual([[0, 1, 2], [3]]);
    expect(alone.inbox.some(({ type }) => type === "recall")).toBe(false);
  });

  it("does not refuse what is sent again: it was admitted before", () => {
    const pool = makePool({ maxQueued: 1 });
    addJobs(pool, 1);
    pool.add(makeJob({ seq: 0, attempt: 2 }));
    expect(failed).toEqual([]);
  });

  it("refuses a job beyond max_queued with a status that means: try later", () => {
    const pool = makePool({ maxQueued: 2 });
    addJobs(pool, 3);
    expect(failed).toEqual([{ seq: 2, message: "its queue is full: 2 jobs", status: 503 }]);
  });
});

describe("settling", () => {
  it("counts the first word about a job and no other", () => {
    const pool = makePool();
    const worker = enter(pool, 2);
    addJobs(pool, 1);
    finish(pool, worker, 0);
    finish(pool, worker, 0);
    expect(done).toEqual([0]);
  });

  it("does not take a worker's word for another worker's job", () => {
    const pool = makePool();
    const [a, b] = [enter(pool, 1), enter(pool, 1)];
    addJobs(pool, 1);
    say(pool, b, { type: "done", slot: a.slotOf(0), credits: 1, service: 0, outputs: [] });
    expect(done).toEqual([]);
  });

  it("passes on what the handler threw", () => {
    const pool = makePool();
    const worker = enter(pool, 1);
    addJobs(pool, 1);
    say(pool, worker, { type: "failed", slot: worker.slotOf(0), credits: 1, service: 0, message: "no", status: 418 });
    expect(failed).toEqual([{ seq: 0, message: "no", status: 418 }]);
  });
});

describe("times", () => {
  it("are the worker's word for the handler, and waiting for all the rest since the job came", () => {
    const pool = makePool();
    addJobs(pool, 1);
    now += 3;
    const worker = enter(pool, 1);
    now += 7;
    finish(pool, worker, 0, 1, 6_000);
    const { wait, service } = pool.stats();
    expect([wait, service]).toMatchObject([
      { count: 1, sumUs: 4_000 },
      { count: 1, sumUs: 6_000 },
    ]);
  });

  it("are never below zero, whatever a worker says, and are those of failed jobs too", () => {
    const pool = makePool();
    const worker = enter(pool, 1);
    addJobs(pool, 1);
    const slot = worker.slotOf(0);
    say(pool, worker, { type: "failed", slot, credits: 1, service: 1_000_000, message: "no", status: 0 });
    const { wait, service } = pool.stats();
    expect([wait, service]).toMatchObject([
      { count: 1, sumUs: 0 },
      { count: 1, sumUs: 1_000_000 },
    ]);
  });

  it("are not told of a job that nobody waits for any more", () => {
    const pool = makePool();
    const worker = enter(pool, 1);
    addJobs(pool, 1);
    unwanted.add(0);
    pool.sweep();
    finish(pool, worker, 0, 1, 5);
    expect(pool.stats().service.count).toBe(0);
  });
});

describe("a worker that dies", () => {
  it("loses nothing: its jobs go to the others, oldest first", () => {
    const pool = makePool();
    const a = enter(pool, 2);
    addJobs(pool, 3);
    pool.lose(a);
    const b = enter(pool, 4);
    for (const seq of [0, 1, 2]) finish(pool, b, seq, 4);
    expect(done).toEqual([0, 1, 2]);
    expect(pool.stats()).toMatchObject({ redelivered: 2, depth: 0, inFlight: 0 });
  });

  it("was running its first job: that one is an attempt, the one ahead is not", () => {
    const pool = makePool();
    const a = enter(pool, 2);
    addJobs(pool, 2);
    pool.lose(a);
    const b = enter(pool, 2);
    finish(pool, b, 0);
    expect(b.works.map(({ seq, attempt }) => [seq, attempt])).toEqual([
      [0, 2],
      [1, 1],
    ]);
  });

  it("had perhaps begun the next one, when a result had not left: that one is tried alone, too", () => {
    const pool = makePool();
    const a = enter(pool, 2);
    addJobs(pool, 2);
    pool.lose(a);
    addJobs(pool, 2, 2);
    const [b, c] = [enter(pool, 2), enter(pool, 2)];
    expect([b.jobs, c.jobs]).toEqual([[0], [1]]);
    finish(pool, c, 1);
    expect([b.jobs, c.jobs]).toEqual([[0], [1, 2, 3]]);
  });

  it("had perhaps begun one more than it runs at a time, and no others", () => {
    const pool = makePool({ concurrency: 2 });
    const a = enter(pool, 4);
    addJobs(pool, 4);
    pool.lose(a);
    const workers = [1, 2, 3, 4].map(() => enter(pool, 4));
    addJobs(pool, 1, 4);
    expect(workers.map(({ jobs }) => jobs)).toEqual([[0], [1], [2], [3, 4]]);
  });

  it("takes a poison job with it max_attempts times, then the owner gets an error", () => {
    const pool = makePool({ maxAttempts: 3 });
    addJobs(pool, 1);
    for (let death = 0; death < 3; death++) {
      expect(failed).toEqual([]);
      pool.lose(enter(pool, 2));
    }
    expect(failed).toEqual([
      { seq: 0, message: "3 workers died with this job in hand, the last was square.1", status: 0 },
    ]);
  });

  it("with many quick jobs in hand, has each tried alone, and only the one that kills is given up", () => {
    const pool = makePool({ maxAttempts: 2 });
    const first = enter(pool, 100);
    addJobs(pool, 10);
    expect(first.jobs).toHaveLength(10);
    pool.lose(first);
    // Job 7 kills every worker that gets it; a worker says when it is done with any other.
    for (let deaths = 0; failed.length === 0 && deaths < 5; deaths++) {
      const worker = enter(pool, 100);
      for (let seen = 0; seen < worker.works.length; seen++) {
        const { seq } = worker.works[seen]!;
        expect(pool.stats().inFlight, "suspects run alone").toBe(1);
        if (seq === 7) break;
        finish(pool, worker, seq, 100);
      }
      if (worker.jobs.at(-1) === 7) pool.lose(worker);
    }
    expect(failed.map(({ seq }) => seq)).toEqual([7]);
    const last = enter(pool, 100);
    for (let seen = 0; seen < last.works.length; seen++) finish(pool, last, last.works[seen]!.seq, 100);
    expect(done.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9]);
  });

  it("does not hold up the others while its jobs are tried alone", () => {
    const pool = makePool();
    const [a, b] = [enter(pool, 121), enter(pool, 121)];
    addJobs(pool, 20);
    expect([a.jobs.length, b.jobs.length]).toEqual([10, 10]);
    pool.lose(a);
    addJobs(pool, 4, 100);
    expect(pool.stats().depth).toBe(14);
    expect(enter(pool, 121).jobs).toEqual([0]);
    expect(b.jobs.slice(10)).toEqual([100, 101, 102, 103]);
  });
});

it("a suspect that runs leaves the other workers all their room", () => {
  const pool = makePool({ concurrency: 10 });
  const a = enter(pool, 11);
  addJobs(pool, 1);
  pool.lose(a);
  const [b, c] = [enter(pool, 11), enter(pool, 11)];
  expect(b.jobs).toEqual([0]);
  addJobs(pool, 11, 1);
  expect([b.jobs.length, c.jobs.length]).toEqual([1, 11]);
});

describe("a worker that retires", () => {
  it("hands back what it has not started, finishes the rest, and is sent off", () => {
    const pool = makePool();
    const a = enter(pool, 2);
    addJobs(pool, 2);
    say(pool, a, { type: "leave", unstarted: [a.slotOf(1)] });
    const b = enter(pool, 2);
    expect(b.jobs).toEqual([1]);
    expect(a.said("bye")).toBe(0);
    finish(pool, a, 0);
    expect(a.said("bye")).toBe(1);
    finish(pool, b, 1);
    expect(done).toEqual([0, 1]);
  });

  it("gets nothing more", () => {
    const pool = makePool();
    const worker = enter(pool, 2);
    say(pool, worker, { type: "leave", unstarted: [] });
    addJobs(pool, 1);
    expect(worker.jobs).toEqual([]);
    expect(worker.said("bye")).toBe(1);
  });
});

describe("an idle worker", () => {
  it("takes the job that lies ahead with a busy one", () => {
    const pool = makePool();
    const a = enter(pool, 2);
    addJobs(pool, 2);
    now += 5;
    const b = enter(pool, 2);
    expect(a.inbox.at(-1)).toEqual({ type: "recall", slot: a.slotOf(1) });
    expect(b.jobs).toEqual([1]);
  });

  it("takes half of what lies ahead", () => {
    const pool = makePool();
    const a = enter(pool, 100);
    addJobs(pool, 9);
    now += 50;
    expect(enter(pool, 100).jobs).toEqual([5, 6, 7, 8]);
    expect(a.said("recall")).toBe(4);
  });

  it("leaves alone one that is making progress, and looks again soon", () => {
    vi.useFakeTimers();
    try {
      const pool = makePool();
      enter(pool, 2);
      addJobs(pool, 2);
      const b = enter(pool, 2);
      expect(b.jobs).toEqual([]);
      now += 5;
      vi.runOnlyPendingTimers();
      expect(b.jobs).toEqual([1]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is called off when the busy one had started the job after all", () => {
    const pool = makePool();
    const a = enter(pool, 2);
    addJobs(pool, 2);
    now += 5;
    const b = enter(pool, 2);
    finish(pool, a, 0);
    finish(pool, a, 1);
    expect(done).toEqual([0, 1]);
    expect(b.inbox.at(-1)).toEqual({ type: "abort", slot: b.slotOf(1) });
    finish(pool, b, 1);
    expect(done).toEqual([0, 1]);
    expect(pool.stats().inFlight).toBe(0);
  });

  it("takes nothing that was called off, however much of it there is", () => {
    const pool = makePool();
    const a = enter(pool, 3);
    addJobs(pool, 3);
    unwanted.add(1).add(2);
    pool.abortUnwanted();
    now += 50;
    const b = enter(pool, 3);
    expect(b.jobs).toEqual([]);
    expect(a.said("recall")).toBe(0);
  });
});

describe("a job that nobody waits for", () => {
  it("is dropped before a worker sees it", () => {
    const pool = makePool();
    addJobs(pool, 2);
    unwanted.add(0);
    expect(enter(pool, 2).jobs).toEqual([1]);
    expect(pool.stats().dropped).toBe(1);
  });

  it("is called off when it runs, and counts as in hand until its worker is rid of it", () => {
    const pool = makePool();
    const worker = enter(pool, 1);
    addJobs(pool, 2);
    unwanted.add(0);
    pool.abortUnwanted();
    pool.abortUnwanted();
    expect(worker.inbox.slice(2)).toEqual([{ type: "abort", slot: worker.slotOf(0) }]);
    finish(pool, worker, 0, 1);
    expect(worker.jobs).toEqual([0, 1]);
    expect(done).toEqual([]);
  });

  it("is not given to another when its worker dies", () => {
    const pool = makePool();
    const worker = enter(pool, 1);
    addJobs(pool, 1);
    unwanted.add(0);
    pool.abortUnwanted();
    pool.lose(worker);
    expect(enter(pool, 1).jobs).toEqual([]);
  });

  it("keeps, of jobs that were sent again and again, one copy each, however many wait", () => {
    const pool = makePool();
    const count = 20_000;
    for (let attempt = 1; attempt <= 3; attempt++) {
      for (let seq = 0; seq < count; seq++) pool.add(makeJob({ seq, attempt, partLow: seq }));
      // A sweep looks through a part of a long queue.
      for (let round = 0; round < 60; round++) pool.sweep();
    }
    const { depth, dropped } = pool.stats();
    expect(depth + dropped).toBe(3 * count);
    expect(depth).toBeLessThan(1.5 * count);
  });

  it("keeps, of a job that was sent again, the copy that was sent last, in its place", () => {
    const pool = makePool();
    for (const [seq, attempt] of [
      [1, 1],
      [2, 1],
      [1, 2],
      [3, 2],
    ]) {
      pool.add(makeJob({ seq: seq!, attempt: attempt!, partLow: seq! }));
    }
    pool.add(makeJob({ seq: 1, attempt: 1, partLow: 99 }));
    pool.sweep();
    expect(pool.stats()).toMatchObject({ depth: 4, dropped: 1 });
    const worker = enter(pool, 9);
    expect(worker.jobs).toEqual([2, 1, 3, 1]);
  });

  it("is called off where it was recalled from, too, when it is dropped from the queue", () => {
    const pool = makePool();
    const a = enter(pool, 2);
    addJobs(pool, 2);
    now += 5;
    const b = enter(pool, 2);
    expect(b.jobs).toEqual([1]);
    pool.lose(b);
    unwanted.add(1);
    pool.sweep();
    expect(a.inbox.at(-1)).toEqual({ type: "abort", slot: a.slotOf(1) });
  });

  it("does not stay in the queue when no worker comes", () => {
    const pool = makePool();
    addJobs(pool, 3);
    unwanted.add(1);
    pool.sweep();
    expect(pool.stats()).toMatchObject({ depth: 2, dropped: 1 });
  });
});

describe("a pool remembers the way of jobs", () => {
  const told = (pool: Pool, ...seqs: readonly number[]) => {
    const requests = seqs.map((seq) => ({ session: 1, seq }));
    const hops = [...log.find(requests, 0, 99), ...pool.running(requests)];
    return hops.map(({ seq, worker, tookMs, serviceMs, outcome }) => ({ seq, worker, tookMs, serviceMs, outcome }));
  };

  it("with the worker, the time that it took and what came of it", () => {
    const pool = makePool();
    const worker = enter(pool, 2);
    pool.add(job(1));
    pool.add(job(2));
    now += 5;
    finish(pool, worker, 1, 2, 3000);
    now += 5;
    expect(told(pool, 1, 2)).toEqual([
      { seq: 1, worker: "square.1", tookMs: 5, serviceMs: 3, outcome: "done" },
      { seq: 2, worker: "square.1", tookMs: 10, serviceMs: 0, outcome: "running" },
    ]);
    const slot = worker.slotOf(2);
    say(pool, worker, { type: "failed", slot, credits: 2, service: 1000, message: "no", status: 0 });
    expect(told(pool, 2)).toEqual([{ seq: 2, worker: "square.1", tookMs: 10, serviceMs: 1, outcome: "failed" }]);
  });

  it("also of those that were refused, or dropped in the queue and in a worker's hands", () => {
    const pool = makePool({ maxQueued: 1 });
    for (const seq of [1, 2]) pool.add(job(seq));
    unwanted.add(1);
    now += 7;
    pool.sweep();
    enter(pool, 1);
    pool.add(job(3));
    unwanted.add(3);
    now += 2;
    pool.abortUnwanted();
    expect(told(pool, 3, 2, 1)).toEqual([
      { seq: 3, worker: "square.1", tookMs: 2, serviceMs: 0, outcome: "dropped" },
      { seq: 1, worker: "", tookMs: 7, serviceMs: 0, outcome: "dropped" },
      { seq: 2, worker: "", tookMs: 0, serviceMs: 0, outcome: "refused" },
    ]);
  });
});
