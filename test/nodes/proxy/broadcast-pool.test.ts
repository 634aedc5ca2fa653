import { beforeEach, describe, expect, it } from "vitest";
import { HopLog } from "../../../src/nodes/hop-log.js";
import { BroadcastPool } from "../../../src/nodes/proxy/broadcast-pool.js";
import { theLast, together } from "../../../src/nodes/proxy/copies.js";
import type { PoolOptions } from "../../../src/nodes/proxy/pool-types.js";
import { type Load, type Output, OutputRoute } from "../../../src/protocol/messages.js";
import { PayloadKind } from "../../../src/protocol/payload.js";
import { haveOneShape } from "../../helpers/shapes.js";
import { makeJob } from "../jobs.js";
import { NO_TRAINS } from "../trains.js";
import { FakeWorker } from "./fake-worker.js";

let done: number[];
let made: string[];
let failed: { seq: number; message: string; status?: number; poison?: boolean }[];
let unwanted: Set<number>;
/** What was asked for whether it is wanted. */
let asked: Load[];
let pool: BroadcastPool;

beforeEach(() => {
  done = [];
  made = [];
  failed = [];
  unwanted = new Set();
  asked = [];
  pool = newPool();
});

function newPool(options: Partial<PoolOptions> = {}, outputsOf: typeof together = together): BroadcastPool {
  return new BroadcastPool(
    {
      stage: "each",
      concurrency: 1,
      edges: [],
      maxAttempts: 2,
      prefetch: undefined,
      recalls: false,
      maxQueued: undefined,
      policy: "fifo",
      ...options,
    },
    {
      done: (job, outputs) => {
        done.push(job.seq);
        made.push(outputs.map(({ payload }) => payload).join(" "));
      },
      failed: (job, message, status) => failed.push({ seq: job.seq, message, status }),
      refused: (job, message, refusal) => failed.push({ seq: job.seq, message, ...refusal }),
      unwanted: (job) => {
        asked.push(job);
        return unwanted.has(job.seq);
      },
      ...NO_TRAINS,
      now: () => 1000,
    },
    new HopLog(64),
    outputsOf,
  );
}

function enter(credits = 2, name = "each"): FakeWorker {
  const worker = new FakeWorker();
  pool.join(worker, name, credits);
  return worker;
}

function addJobs(...seqs: readonly number[]): void {
  for (const seq of seqs) pool.add(makeJob({ seq, lane: 7 }));
}

function finish(worker: FakeWorker, seq: number, outputs: readonly Output[] = []): void {
  pool.receive(worker, { type: "done", slot: worker.slotOf(seq), credits: 2, service: 1, outputs: [...outputs] });
}

function fail(worker: FakeWorker, seq: number, message: string): void {
  pool.receive(worker, { type: "failed", slot: worker.slotOf(seq), credits: 2, service: 1, message, status: 418 });
}

describe("each job", () => {
  it("goes to every worker that is there, and is over when all are done", () => {
    const [a, b] = [enter(), enter()];
    addJobs(1, 2, 3);
    expect([a.jobs, b.jobs]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(pool.stats()).toMatchObject({ workers: 2, idle: 0, depth: 2, inFlight: 4, received: 3, done: 0 });
    finish(a, 1);
    finish(a, 2);
    finish(a, 3);
    expect(done).toEqual([]);
    finish(b, 1);
    finish(b, 1);
    finish(b, 2);
    expect(done).toEqual([1, 2]);
    finish(b, 3);
    expect(pool.stats()).toMatchObject({ idle: 2, depth: 0, inFlight: 0, done: 3, service: { count: 6 } });
  });

  it("waits for a worker when there is none, and is not for those that come later", () => {
    addJobs(1);
    expect(pool.stats()).toMatchObject({ workers: 0, depth: 1 });
    const first = enter();
    const second = enter();
    addJobs(2);
    expect([first.jobs, second.jobs]).toEqual([[1, 2], [2]]);
    finish(first, 1);
    expect(done).toEqual([1]);
  });

  it("fails when one worker throws, after all have had it; the first is told", () => {
    const [a, b, c] = [enter(), enter(), enter()];
    addJobs(1);
    fail(b, 1, "first");
    fail(a, 1, "second");
    expect(failed).toEqual([]);
    finish(c, 1);
    expect([failed, done]).toEqual([[{ seq: 1, message: "first", status: 418 }], []]);
    expect(pool.stats()).toMatchObject({ failed: 1, done: 0 });
  });

  it("has copies of one shape to V8", () => {
    enter();
    for (const seq of [1, 2]) pool.add(makeJob({ seq }));
    pool.abortUnwanted();
    expect(asked).toHaveLength(2);
    expect(haveOneShape(asked[0], asked[1])).toBe(true);
  });

  it("is forgotten when nobody wants it, wherever it lies", () => {
    addJobs(1, 2);
    unwanted.add(1);
    pool.sweep();
    const [a, b] = [enter(1), enter(1)];
    finish(a, 2);
    addJobs(3, 4);
    expect([a.jobs, b.jobs]).toEqual([[2, 3, 4], [3]]);
    for (const seq of [3, 4]) unwanted.add(seq);
    pool.sweep();
    expect([a.said("abort"), b.said("abort")]).toEqual([2, 1]);
    for (const seq of [3, 4]) finish(a, seq);
    finish(b, 3);
    expect([done, failed]).toEqual([[2], []]);
    expect(pool.stats()).toMatchObject({ depth: 0, inFlight: 0, dropped: 3 });
  });
});

function output(payload: string, route: OutputRoute = OutputRoute.follow, edge = 0): Output {
  return { route, edge, meta: "", kind: PayloadKind.json, payload };
}

describe("what comes of the copies", () => {
  it("comes of the job at once, in the order of the workers' names", () => {
    const [tenth, second] = [enter(2, "each.10"), enter(2, "each.2")];
    addJobs(1, 2);
    finish(tenth, 1, [output("10")]);
    expect(made).toEqual([]);
    finish(second, 1, [output("2"), output("2b")]);
    finish(second, 2);
    finish(tenth, 2, [output("10")]);
    expect(made).toEqual(["2 2b 10", "10"]);
  });

  it("is that of those that live, when a worker dies with its copy", () => {
    const [a, b, c] = [enter(2, "a"), enter(2, "b"), enter(2, "c")];
    addJobs(1);
    finish(a, 1, [output("a")]);
    finish(c, 1, [output("c")]);
    pool.lose(a);
    expect(made).toEqual([]);
    pool.lose(b);
    expect(made).toEqual(["a c"]);
  });

  it("is nothing when one has thrown", () => {
    const [a, b] = [enter(), enter()];
    addJobs(1);
    finish(a, 1, [output("a")]);
    fail(b, 1, "no");
    expect([done, failed]).toEqual([[], [{ seq: 1, message: "no", status: 418 }]]);
  });

  it("is one scatter along each edge, to which an empty one adds nothing", () => {
    const { scatter, empty } = OutputRoute;
    const of = (worker: string, ...outputs: Output[]) => ({ worker, outputs });
    const payloads = together([
      of("b", output("b0", scatter, 1), output("b"), output("none", empty, 2)),
      of("c", output("none", empty, 1), output("none", empty, 2)),
      of("a", output("none", empty, 1), output("a1", scatter, 1), output("a2", scatter, 3)),
    ]).map(({ payload, route }) => [payload, route]);
    expect(payloads).toEqual([
      ["b", OutputRoute.follow],
      ["a1", scatter],
      ["b0", scatter],
      ["none", empty],
      ["a2", scatter],
    ]);
  });

  it("is but one word that it is over, at a sink", () => {
    pool = newPool({}, theLast);
    const [a, b] = [enter(), enter()];
    addJobs(1);
    finish(b, 1, [output("b")]);
    finish(a, 1, [output("a")]);
    expect(made).toEqual(["a"]);
  });
});

describe("a queue", () => {
  it("is full when that of one worker is, and takes what is sent again all the same", () => {
    pool = newPool({ maxQueued: 1 });
    addJobs(1, 2);
    expect(failed).toMatchObject([{ seq: 2, status: 503 }]);
    const [a, b] = [enter(1), enter(1)];
    addJobs(3);
    finish(a, 1);
    addJobs(4, 5);
    expect(failed.map(({ seq }) => seq)).toEqual([2, 5]);
    pool.add(makeJob({ seq: 5, attempt: 2 }));
    expect([a.jobs, b.jobs]).toEqual([[1, 3, 4], [3]]);
    expect(pool.stats()).toMatchObject({ received: 6, failed: 2, depth: 3 });
  });

  it("follows its policy: lanes take turns", () => {
    pool = newPool({ policy: "fair" });
    const worker = enter(1);
    for (const seq of [1, 2, 3, 4]) pool.add(makeJob({ seq, lane: seq < 4 ? 1 : 2 }));
    for (const seq of [1, 2, 3, 4]) finish(worker, seq);
    expect(worker.jobs).toEqual([1, 2, 4, 3]);
  });
});

describe("a worker that goes", () => {
  it("is not waited for when it dies", () => {
    const [a, b] = [enter(), enter()];
    addJobs(1, 2, 3);
    for (const seq of [1, 2, 3]) finish(a, seq);
    pool.lose(b);
    expect(done.sort()).toEqual([1, 2, 3]);
    expect(a.jobs).toEqual([1, 2, 3]);
  });

  it("finishes what it runs when it retires, and nothing else", () => {
    const [a, b] = [enter(), enter()];
    addJobs(1, 2, 3);
    for (const seq of [1, 2, 3]) finish(a, seq);
    pool.receive(b, { type: "leave", unstarted: [b.slotOf(2)] });
    expect([done.sort(), b.said("bye")]).toEqual([[2, 3], 0]);
    addJobs(4);
    finish(b, 1);
    expect([done.sort(), b.said("bye")]).toEqual([[1, 2, 3], 1]);
    finish(a, 4);
    expect(done).toContain(4);
  });

  it("leaves what nobody was done with to those that come", () => {
    const only = enter();
    addJobs(1, 2);
    pool.lose(only);
    expect(pool.stats()).toMatchObject({ depth: 2, workers: 0 });
    const next = enter();
    expect(next.jobs.sort()).toEqual([1, 2]);
    for (const seq of [1, 2]) finish(next, seq);
    expect(done.sort()).toEqual([1, 2]);
  });

  it("may go with all the others once, and costs the job no more than one of its attempts", () => {
    const all = [enter(1), enter(1), enter(1)];
    addJobs(1);
    for (const worker of all) pool.lose(worker);
    const next = enter(1);
    finish(next, 1);
    expect([done, failed]).toEqual([[1], []]);
  });

  it("is given a job no more when all have died of it as often as max_attempts says", () => {
    addJobs(1);
    for (let deaths = 0; deaths < 2; deaths++) pool.lose(enter(1));
    expect(failed).toEqual([{ seq: 1, message: expect.stringContaining("2 in all"), poison: true }]);
    expect(enter(1).jobs).toEqual([]);
  });
});
