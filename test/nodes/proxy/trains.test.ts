import { beforeEach, describe, expect, it } from "vitest";
import { HopLog } from "../../../src/nodes/hop-log.js";
import { jobsOf, sizeOf } from "../../../src/nodes/load.js";
import { Pool } from "../../../src/nodes/proxy/pool.js";
import type { PoolOptions } from "../../../src/nodes/proxy/pool-types.js";
import type { FromWorker, Load, ToWorker } from "../../../src/protocol/messages.js";
import { PayloadsWriter } from "../../../src/protocol/payloads.js";
import type { Policy } from "../../../src/topology/types.js";
import type { Link } from "../../../src/transport/types.js";
import { makeJob } from "../jobs.js";
import { makeTrain } from "../trains.js";
import { OPTIONS } from "./options.js";

interface Held {
  readonly slot: number;
  readonly seq: number;
}

/** A worker that has in hand what it was given and has not said anything of. */
class HoldingWorker implements Link<ToWorker> {
  held: Held[] = [];
  /** Jobs in each message that brought work. */
  readonly deliveries: number[] = [];
  aborted: number[] = [];
  byes = 0;

  constructor(readonly credits: number) {}

  send(message: ToWorker): void {
    switch (message.type) {
      case "work":
        this.deliveries.push(1);
        this.held.push({ slot: message.slot, seq: message.seq });
        break;
      case "works":
        this.deliveries.push(message.payloads.count);
        for (let i = 0; i < message.payloads.count; i++) {
          this.held.push({ slot: (message.slot + i) >>> 0, seq: message.seq + i });
        }
        break;
      case "recall":
        this.held = this.held.filter(({ slot }) => slot !== message.slot);
        break;
      case "abort":
        this.aborted.push(message.slot);
        break;
      case "bye":
        this.byes++;
        break;
    }
  }

  get seqs(): number[] {
    return this.held.map(({ seq }) => seq);
  }

  /** The first so many are done, and go back as trains as far as their slots follow each other. */
  finish(count: number): FromWorker[] {
    const messages: FromWorker[] = [];
    while (count > 0) {
      const run = [this.held.shift()!];
      while (run.length < count && this.held[0]?.slot === (run.at(-1)!.slot + 1) >>> 0) run.push(this.held.shift()!);
      count -= run.length;
      messages.push(run.length === 1 ? this.done(run[0]!) : this.dones(run));
    }
    return messages;
  }

  finishAt(place: number): FromWorker {
    return this.done(this.held.splice(place, 1)[0]!);
  }

  failAt(place: number): FromWorker {
    const { slot } = this.held.splice(place, 1)[0]!;
    return { type: "failed", slot, credits: this.credits, service: 5, message: "no", status: 0 };
  }

  private done({ slot, seq }: Held): FromWorker {
    const output = { route: 0, edge: 0, meta: "", kind: 0, payload: `done ${seq}` } as const;
    return { type: "done", slot, credits: this.credits, service: 5, outputs: [output] };
  }

  private dones(run: readonly Held[]): FromWorker {
    const payloads = new PayloadsWriter();
    for (const { seq } of run) payloads.add(`done ${seq}`);
    const services = new Uint32Array(run.length).fill(5);
    const { slot } = run[0]!;
    return {
      type: "dones",
      slot,
      credits: this.credits,
      services,
      route: 0,
      edge: 0,
      kind: 0,
      payloads: payloads.take(),
    };
  }
}

let now: number;
let unwanted: Set<number>;
/** What came of each job, by its number. */
let ends: Map<number, string[]>;
let log: HopLog;

beforeEach(() => {
  now = 1000;
  unwanted = new Set();
  ends = new Map();
  log = new HopLog(64);
});

function end(seq: number, what: string): void {
  ends.set(seq, [...(ends.get(seq) ?? []), what]);
}

function poolOf(options: Partial<PoolOptions> = {}): Pool {
  const wanted = (load: Load) => jobsOf(load).filter(({ seq }) => !unwanted.has(seq)).length;
  return new Pool(
    { ...OPTIONS, ...options },
    {
      done: (job, outputs) => {
        expect(String(outputs[0]!.payload)).toBe(`done ${job.seq}`);
        end(job.seq, "done");
      },
      trainDone: (train, { payloads }) => {
        expect(payloads.toArray().map(String)).toEqual(jobsOf(train).map(({ seq }) => `done ${seq}`));
        for (const { seq } of jobsOf(train)) end(seq, "done");
      },
      failed: ({ seq }) => end(seq, "failed"),
      refused: ({ seq }) => end(seq, "refused"),
      unwanted: (load) => wanted(load) === 0,
      partlyUnwanted: (train) => wanted(train) < sizeOf(train),
      now: () => now,
    },
    log,
  );
}

function enter(pool: Pool, credits: number): HoldingWorker {
  const worker = new HoldingWorker(credits);
  pool.join(worker, "square.1", credits);
  return worker;
}

function say(pool: Pool, worker: HoldingWorker, ...messages: FromWorker[]): void {
  for (const message of messages) pool.receive(worker, message as Exclude<FromWorker, { type: "hello" }>);
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

describe("a train", () => {
  it("goes whole to a quick worker that has room for it, and comes back whole", () => {
    const pool = poolOf();
    const worker = enter(pool, 300);
    pool.add(makeTrain(10, 200));
    expect(worker.deliveries).toEqual([200]);
    expect(pool.stats()).toMatchObject({ received: 200, depth: 0, inFlight: 200 });
    now = 1004;
    say(pool, worker, ...worker.finish(200));
    expect(pool.stats()).toMatchObject({ done: 200, inFlight: 0, idle: 1 });
    expect([...ends.keys()]).toEqual(range(10, 200));
    expect(log.find([{ session: 1, seq: 209 }], 0, 9)).toMatchObject([{ tookMs: 4, worker: "square.1", seq: 209 }]);
  });

  it("is shared out as there is room, in order, and counted job by job where it waits", () => {
    const pool = poolOf();
    const worker = enter(pool, 101);
    pool.add(makeTrain(0, 250));
    pool.add(makeJob({ seq: 250 }));
    expect([worker.held.length, pool.depth]).toEqual([101, 150]);
    say(pool, worker, ...worker.finish(60));
    expect(worker.seqs).toEqual(range(60, 101));
    for (let round = 0; round < 20; round++) say(pool, worker, ...worker.finish(Math.min(40, worker.held.length)));
    expect([...ends.keys()]).toEqual(range(0, 251));
  });

  it("is given to slow workers job by job, to the least busy first", () => {
    const pool = poolOf();
    const [first, second] = [enter(pool, 2), enter(pool, 2)];
    pool.add(makeTrain(0, 5));
    expect([first.seqs, second.seqs, pool.depth]).toEqual([[0, 2], [1, 3], 1]);
  });

  it("whose jobs end out of their order, or one by one, or not well, is settled all the same", () => {
    const pool = poolOf({ concurrency: 4 });
    const worker = enter(pool, 100);
    pool.add(makeTrain(0, 6));
    say(pool, worker, worker.finishAt(2), worker.failAt(0), worker.finishAt(0), ...worker.finish(3));
    expect([...ends]).toEqual([
      [2, ["done"]],
      [0, ["failed"]],
      [1, ["done"]],
      [3, ["done"]],
      [4, ["done"]],
      [5, ["done"]],
    ]);
    expect(pool.stats()).toMatchObject({ inFlight: 0, done: 5, failed: 1 });
  });

  it("of a worker that died is given out again, one job at a time, as suspects", () => {
    const pool = poolOf();
    const first = enter(pool, 100);
    pool.add(makeTrain(0, 10));
    say(pool, first, ...first.finish(4));
    pool.lose(first);
    expect(pool.stats()).toMatchObject({ depth: 6, redelivered: 6 });
    const second = enter(pool, 100);
    for (let i = 4; i < 10; i++) {
      expect(second.seqs).toEqual([i]);
      say(pool, second, ...second.finish(1));
    }
    expect(ends.size).toBe(10);
  });

  it("that a retiring worker has not begun goes back in its order", () => {
    const pool = poolOf();
    const first = enter(pool, 100);
    pool.add(makeTrain(0, 5));
    const [running, ...rest] = first.held;
    say(pool, first, { type: "leave", unstarted: rest.map(({ slot }) => slot) });
    first.held = [running!];
    say(pool, first, ...first.finish(1));
    expect(first.byes).toBe(1);
    const second = enter(pool, 100);
    expect(second.seqs).toEqual([1, 2, 3, 4]);
  });

  it("lies with nobody while another worker is idle", () => {
    const pool = poolOf();
    const first = enter(pool, 200);
    pool.add(makeTrain(0, 100));
    now += 50;
    const second = enter(pool, 200);
    expect([first.held.length, second.held.length]).toEqual([50, 50]);
    for (const worker of [second, first, second, first]) say(pool, worker, ...worker.finish(worker.held.length));
    expect([ends.size, [...ends.values()].every((each) => each.length === 1)]).toEqual([100, true]);
  });

  it("loses the jobs that nobody wants any more, wherever they are", () => {
    const pool = poolOf();
    const worker = enter(pool, 4);
    pool.add(makeTrain(0, 8));
    const [, second] = worker.held;
    unwanted = new Set([1, 5, 7]);
    pool.abortUnwanted();
    expect(worker.aborted).toEqual([second!.slot]);
    while (worker.held.length > 0) say(pool, worker, ...worker.finish(1));
    expect([...ends.keys()]).toEqual([0, 2, 3, 4, 6]);
    expect(pool.stats()).toMatchObject({ dropped: 3, done: 5, inFlight: 0, depth: 0 });
  });

  it("that becomes late while the wishes are looked through is called off job by job, the next time", () => {
    const pool = poolOf();
    const worker = enter(pool, 100);
    pool.add(makeTrain(0, 4));
    let looks = 0;
    unwanted.has = () => looks++ >= 4;
    pool.abortUnwanted();
    pool.abortUnwanted();
    expect(new Set(worker.aborted)).toEqual(new Set(worker.held.map(({ slot }) => slot)));
    say(pool, worker, ...worker.finish(4));
    expect(ends.size).toBe(0);
    expect(pool.stats()).toMatchObject({ dropped: 4, done: 0, inFlight: 0 });
  });

  it("loses them in the queue, too, before their turn comes", () => {
    const pool = poolOf();
    pool.add(makeTrain(0, 8));
    unwanted = new Set([1, 5, 7]);
    pool.sweep();
    expect(pool.stats()).toMatchObject({ dropped: 3, depth: 5 });
    unwanted = new Set();
    const worker = enter(pool, 100);
    expect(worker.seqs).toEqual([0, 2, 3, 4, 6]);
  });

  it("stays one again when what was sent again is through, though the queue is never empty", () => {
    const pool = poolOf();
    pool.add(makeTrain(0, 3));
    now += 10;
    pool.add(makeJob({ seq: 3, attempt: 2 }));
    now += 10;
    pool.add(makeTrain(4, 50));
    const worker = enter(pool, 5);
    say(pool, worker, ...worker.finish(4));
    pool.sweep();
    worker.deliveries.length = 0;
    say(pool, worker, ...worker.finish(worker.held.length));
    pool.add(makeTrain(54, 50));
    const next = enter(pool, 300);
    expect(Math.max(...next.deliveries)).toBeGreaterThan(20);
  });

  it("that nobody wants at all is dropped from the queue in one piece", () => {
    const pool = poolOf();
    pool.add(makeTrain(0, 8));
    unwanted = new Set(range(0, 8));
    pool.sweep();
    expect(pool.stats()).toMatchObject({ dropped: 8, depth: 0 });
  });

  it("of which only some find room in the queue is taken as far as there is", () => {
    const pool = poolOf({ maxQueued: 3 });
    pool.add(makeTrain(0, 5));
    expect([pool.depth, [...ends]]).toEqual([
      3,
      [
        [3, ["refused"]],
        [4, ["refused"]],
      ],
    ]);
  });

  it("is seen in the hands of its worker, job by job", () => {
    const pool = poolOf();
    enter(pool, 100);
    pool.add(makeTrain(4, 3));
    const asked = [3, 5, 6, 7].map((seq) => ({ session: 1, seq }));
    expect(pool.running(asked).map(({ seq }) => seq)).toEqual([5, 6]);
  });
});

/** A small generator of random numbers (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const POLICIES: Policy[] = ["fifo", "priority", "fair", "earliest-deadline"];

describe.each(POLICIES)("trains and jobs under the policy %s", (policy) => {
  it.each(range(1, 8))("are each settled once, whatever happens to workers and wishes (%i)", (seed) => {
    const random = randomFrom(seed);
    const pool = poolOf({ policy, concurrency: 1 + random(3), maxAttempts: 1000 });
    const credits = () => [2, 4, 40, 300][random(4)]!;
    let workers = [enter(pool, credits())];
    let next = 0;
    const turns: (() => void)[] = [
      () => {
        const count = 1 + random(120);
        const fields = { priority: random(3), lane: random(3), deadline: random(5) };
        pool.add(
          random(3) === 0 ? makeJob({ seq: next, payload: String(next), ...fields }) : makeTrain(next, count, fields),
        );
        next += pool.stats().received - next;
      },
      () => {
        const worker = workers[random(workers.length)];
        if (worker?.held.length) say(pool, worker, ...worker.finish(1 + random(worker.held.length)));
      },
      () => {
        const worker = workers[random(workers.length)];
        if (worker?.held.length) say(pool, worker, worker.finishAt(random(worker.held.length)));
      },
      () => {
        const worker = workers[random(workers.length)];
        if (worker?.held.length) say(pool, worker, worker.failAt(random(worker.held.length)));
      },
      () => {
        if (workers.length < 4) workers.push(enter(pool, credits()));
      },
      () => {
        if (random(4) > 0 || workers.length === 0) return;
        const [worker] = workers.splice(random(workers.length), 1);
        pool.lose(worker!);
      },
      () => {
        if (random(4) > 0 || workers.length === 0) return;
        const [worker] = workers.splice(random(workers.length), 1);
        const unstarted = worker!.held.splice(1 + random(3));
        say(pool, worker!, { type: "leave", unstarted: unstarted.map(({ slot }) => slot) });
        say(pool, worker!, ...worker!.finish(worker!.held.length));
      },
      () => {
        now += random(40);
        if (next > 0 && random(3) === 0) unwanted.add(random(next));
        if (random(2) === 0) pool.sweep();
      },
    ];
    for (let i = 0; i < 300; i++) turns[random(turns.length)]!();
    // What was aborted in a worker's hands is told of all the same.
    workers = [...workers, enter(pool, 300)];
    for (let i = 0; i < 20_000 && workers.some(({ held }) => held.length > 0); i++) {
      for (const worker of workers) if (worker.held.length > 0) say(pool, worker, ...worker.finish(worker.held.length));
      now += 30;
      pool.sweep();
    }
    const stats = pool.stats();
    expect(stats).toMatchObject({ received: next, depth: 0, inFlight: 0 });
    expect(stats.done + stats.failed + stats.dropped).toBe(next);
    for (let seq = 0; seq < next; seq++) {
      if (!unwanted.has(seq)) expect([seq, ends.get(seq)?.length]).toEqual([seq, 1]);
    }
  });
});
