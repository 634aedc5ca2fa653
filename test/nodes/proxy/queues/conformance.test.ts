import { describe, expect, it } from "vitest";
import { jobsOf } from "../../../../src/nodes/load.js";
import { makeQueue } from "../../../../src/nodes/proxy/queues/index.js";
import type { Queued } from "../../../../src/nodes/proxy/queues/types.js";
import { POLICIES } from "../../../../src/topology/types.js";
import { makeJob } from "../../jobs.js";

interface Traits {
  readonly priority?: number;
  readonly lane?: number;
  readonly deadline?: number;
}

function waiting(seq: number, traits: Traits = {}): Queued {
  return { job: makeJob({ seq, ...traits }), arrivedAt: seq };
}

const queueOf = (policy: (typeof POLICIES)[number]) =>
  makeQueue<Queued>(policy, (job, arrivedAt) => ({ job, arrivedAt }));
const seqOf = (item: Queued | undefined) => item?.job.seq;

function drain(queue: ReturnType<typeof queueOf>): number[] {
  const seqs: number[] = [];
  while (queue.size > 0) seqs.push(seqOf(queue.shift())!);
  return seqs;
}

describe.each(POLICIES)("a queue with the policy %s", (policy) => {
  it("is empty at first and gives nothing", () => {
    const queue = queueOf(policy);
    expect([queue.size, queue.shift(), queue.oldest()]).toEqual([0, undefined, undefined]);
  });

  it("gives equals in the order in which they came", () => {
    const queue = queueOf(policy);
    for (let seq = 0; seq < 300; seq++) queue.push(waiting(seq));
    expect(drain(queue)).toEqual(Array.from({ length: 300 }, (_, seq) => seq));
  });

  it("gives what it took back before its equals, the last taken back first", () => {
    const queue = queueOf(policy);
    for (const seq of [0, 1, 2]) queue.push(waiting(seq));
    const [first, second] = [queue.shift()!, queue.shift()!];
    queue.unshift(second);
    queue.unshift(first);
    expect(drain(queue)).toEqual([0, 1, 2]);
  });

  it("forgets what does not pass, and keeps the order of the rest", () => {
    const queue = queueOf(policy);
    for (let seq = 0; seq < 10; seq++) queue.push(waiting(seq));
    expect(queue.filter(({ job }) => job.seq % 3 === 0)).toBe(6);
    expect(queue.size).toBe(4);
    expect(drain(queue)).toEqual([0, 3, 6, 9]);
  });

  it("gives as many as may come in their order, with all that is known of them, while others are added", () => {
    const queue = queueOf(policy);
    const count = 60_000;
    const text = (seq: number) => JSON.stringify({ seq, text: "ž".repeat(seq % 7) });
    const add = (seq: number) => queue.push({ job: makeJob({ seq, payload: text(seq) }), arrivedAt: seq + 0.5 });
    for (let seq = 0; seq < count; seq++) add(seq);
    expect([queue.size, queue.oldest()]).toEqual([count, 0.5]);
    for (let seq = 0; seq < 2 * count; seq++) {
      const { job, arrivedAt } = queue.shift()!;
      if (job.seq !== seq || jobsOf(job)[0]!.payload.toString() !== text(seq) || arrivedAt !== seq + 0.5)
        expect(job.seq).toBe(seq);
      if (seq < count) add(count + seq);
    }
    expect([queue.size, queue.shift()]).toEqual([0, undefined]);
  });

  it("forgets what does not pass of very many, at the latest when it has been asked often", () => {
    const queue = queueOf(policy);
    for (let seq = 0; seq < 60_000; seq++) queue.push(waiting(seq));
    let dropped = 0;
    for (let round = 0; round < 60; round++) dropped += queue.filter(({ job }) => job.seq % 2 === 0);
    const seqs = drain(queue);
    expect(seqs.length + dropped).toBe(60_000);
    expect(seqs.filter((seq) => seq % 2 === 0)).toEqual(Array.from({ length: 30_000 }, (_, i) => 2 * i));
    // What was added last may not have been looked at.
    expect(dropped).toBeGreaterThan(25_000);
  });

  it("knows since when the oldest has waited", () => {
    const queue = queueOf(policy);
    for (const [seq, lane] of [5, 3, 8].entries())
      queue.push(waiting(seq + 7, { lane, priority: lane, deadline: -lane }));
    expect(queue.oldest()).toBe(7);
  });

  it("neither loses nor doubles anything, whatever is put in, taken out and taken back", () => {
    let seed = 11;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return (seed >>> 8) % below;
    };
    const queue = queueOf(policy);
    const inside = new Set<number>();
    for (let step = 0; step < 20_000; step++) {
      if (random(2) === 0) {
        queue.push(waiting(step, { lane: random(5), priority: random(256), deadline: random(100) }));
        inside.add(step);
      } else {
        const item = queue.shift();
        if (item && random(4) === 0) queue.unshift(item);
        else if (item) expect(inside.delete(item.job.seq)).toBe(true);
        else expect(inside.size).toBe(0);
      }
      if (step % 997 === 0) {
        expect(queue.filter(({ job }) => job.seq % 7 !== 0)).toBe([...inside].filter((seq) => seq % 7 === 0).length);
        for (const seq of inside) if (seq % 7 === 0) inside.delete(seq);
      }
      expect(queue.size).toBe(inside.size);
    }
    expect(drain(queue).sort((a, b) => a - b)).toEqual([...inside]);
  });
});

describe("the order of", () => {
  it("priority is the larger first", () => {
    const queue = queueOf("priority");
    for (const [seq, priority] of [0, 255, 7, 255].entries()) queue.push(waiting(seq, { priority }));
    expect(drain(queue)).toEqual([1, 3, 2, 0]);
  });

  it("priority heeds what comes later", () => {
    const queue = queueOf("priority");
    queue.push(waiting(0, { priority: 1 }));
    queue.push(waiting(1, { priority: 1 }));
    expect(seqOf(queue.shift())).toBe(0);
    queue.push(waiting(2, { priority: 9 }));
    expect(drain(queue)).toEqual([2, 1]);
  });

  it("fair is one of each lane in turn, however many wait in it", () => {
    const queue = queueOf("fair");
    for (const seq of [0, 1, 2, 3]) queue.push(waiting(seq, { lane: 0xffffffff }));
    queue.push(waiting(10, { lane: 5 }));
    queue.push(waiting(20, { lane: 6 }));
    queue.push(waiting(21, { lane: 6 }));
    expect(drain(queue)).toEqual([0, 10, 20, 1, 21, 2, 3]);
  });

  it("earliest-deadline is the most urgent first, and last what has no deadline", () => {
    const queue = queueOf("earliest-deadline");
    const deadlines = [Number.POSITIVE_INFINITY, 30, 10, 20, Number.POSITIVE_INFINITY];
    for (const [seq, deadline] of deadlines.entries()) queue.push(waiting(seq, { deadline }));
    expect(drain(queue)).toEqual([2, 3, 1, 0, 4]);
  });
});
