import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readDeadLetters } from "../../../src/control/dead-letters.js";
import { jobsOf as jobsIn } from "../../../src/nodes/load.js";
import { DeadLetterFile } from "../../../src/nodes/owner/dead-letters.js";
import { SourceJobs } from "../../../src/nodes/source/jobs.js";
import type { Job, ToProxy } from "../../../src/protocol/messages.js";
import type { Source } from "../../../src/topology/types.js";
import { ack, failure, NOTHING, planOf } from "./helpers.js";

const directory = mkdtempSync("/tmp/zp-jobs-");
afterAll(() => rmSync(directory, { recursive: true }));

let sent: ToProxy[];
let settled: number;
let runs = 0;

beforeEach(() => {
  sent = [];
  settled = 0;
  runs++;
});

const lettersFile = () => join(directory, "zpipe", `run${runs}`, "dead-letters.jsonl");
const letters = () => readDeadLetters(`run${runs}`, { XDG_STATE_HOME: directory });

function jobsOf(source: Partial<Source> = {}, progress = NOTHING): SourceJobs {
  const plan = planOf(source);
  const proxy = {
    send: (message: ToProxy) => void sent.push(...(message.type === "train" ? jobsIn(message) : [message])),
  };
  const file = new DeadLetterFile(lettersFile());
  return new SourceJobs(plan, { proxyOf: () => proxy, proxies: [proxy] }, file, progress, () => settled++);
}

function admit(jobs: SourceJobs, index: number, payload = String(index)): Job {
  jobs.admit({ kind: 0, payload }, index, index * 10, index);
  jobs.flush();
  return sent.filter((message): message is Job => message.type === "job").at(-1)!;
}

const isCancel = ({ type }: ToProxy) => type === "cancel";

describe("room", () => {
  it("is there for so many jobs, and again when one is done", async () => {
    const jobs = jobsOf();
    const [first] = [0, 1, 2].map((index) => admit(jobs, index));
    expect([jobs.full, jobs.pending]).toEqual([true, 3]);
    const room = jobs.room();
    jobs.receive(ack(first!));
    await room;
    expect([jobs.full, jobs.pending, jobs.done]).toEqual([false, 2, 1]);
  });

  it("is there for so many bytes, but for one job at least", () => {
    const jobs = jobsOf();
    admit(jobs, 0, "x".repeat(5000));
    expect(jobs.full).toBe(true);
  });

  it("is not there while the oldest job is a million back", async () => {
    const jobs = jobsOf({ maxInFlight: 10 });
    const oldest = admit(jobs, 0);
    for (let index = 1; !jobs.full; index++) {
      sent = [];
      jobs.receive(ack(admit(jobs, index)));
    }
    expect([jobs.pending, jobs.done]).toEqual([1, 999_999]);
    const room = jobs.room();
    jobs.receive(ack(oldest));
    await room;
    expect(jobs.full).toBe(false);
  });

  it("is not waited for any more when the source stops", async () => {
    const jobs = jobsOf({ maxInFlight: 1 });
    admit(jobs, 0);
    const room = jobs.room();
    jobs.stop();
    await room;
  });
});

describe("a job", () => {
  it("is done when all of its parts are, of this session and attempt", () => {
    const jobs = jobsOf();
    const job = admit(jobs, 0);
    const part = { partHigh: 5, partLow: 6 };
    jobs.receive(ack({ ...job, session: job.session + 1 }));
    jobs.receive(ack({ ...job, attempt: 2 }));
    jobs.receive(ack(job, part));
    expect([jobs.pending, settled]).toEqual([1, 0]);
    jobs.receive(ack(job, { partHigh: (job.partHigh ^ 5) >>> 0, partLow: (job.partLow ^ 6) >>> 0 }));
    expect([jobs.pending, jobs.done, settled]).toEqual([0, 1, 1]);
  });

  it("that fails is told by where it came from, and is a dead letter", async () => {
    const jobs = jobsOf();
    jobs.receive(failure(admit(jobs, 6, '{"n": 1}'), "too small"));
    expect(jobs.summary()).toEqual({
      done: 0,
      failed: 1,
      failures: [{ job: "line 7", stage: "work", message: "too small" }],
    });
    expect(await letters()).toMatchObject([
      {
        owner: "tasks",
        entry: "line 7",
        stage: "work",
        message: "too small",
        kind: "json",
        payload: '{"n": 1}',
        lane: 4,
      },
    ]);
  });

  it("that fails in part ends with its other parts, with the first failure", () => {
    const jobs = jobsOf();
    const job = admit(jobs, 0);
    const rest = { partHigh: (job.partHigh ^ 1) >>> 0, partLow: job.partLow };
    jobs.receive({ ...failure(job, "first"), partHigh: 1, partLow: 0 });
    expect([jobs.pending, jobs.failed]).toEqual([1, 0]);
    jobs.receive({ ...failure(job, "second"), ...rest });
    expect(jobs.summary().failures).toMatchObject([{ message: "first" }]);
    expect(sent.some(isCancel)).toBe(true);
  });

  it("of which a join waits for a part in vain ends at once, with all that is left of it", () => {
    const jobs = jobsOf();
    const job = admit(jobs, 0);
    jobs.receive({ ...failure(job, "cut", { gathered: true }), partHigh: 1 });
    expect([jobs.pending, jobs.failed, sent.filter(isCancel)]).toEqual([
      0,
      1,
      [{ type: "cancel", session: job.session, seq: job.seq }],
    ]);
  });

  it("that takes too long fails, and is not waited for", () => {
    vi.useFakeTimers();
    try {
      const jobs = jobsOf({ timeoutMs: 100 });
      expect(admit(jobs, 0).deadline).toBe(Date.now() + 100);
      jobs.expire();
      expect(jobs.pending).toBe(1);
      vi.setSystemTime(Date.now() + 101);
      jobs.expire();
      expect(jobs.summary().failures).toEqual([{ job: "line 1", stage: "tasks", message: "not done within 100 ms" }]);
      expect(sent.filter(isCancel)).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is told of among the first twenty that failed; all are counted", () => {
    const jobs = jobsOf({ maxInFlight: 100 });
    for (let i = 0; i < 30; i++) jobs.receive(failure(admit(jobs, i), "no"));
    expect([jobs.summary().failures.length, jobs.summary().failed]).toEqual([20, 30]);
  });
});

describe("progress", () => {
  it("is the first that is not done, where it begins, and what is done beyond it", () => {
    const jobs = jobsOf({ maxInFlight: 100 });
    const all = [0, 1, 2, 3, 4].map((index) => admit(jobs, index));
    for (const index of [0, 2, 3]) jobs.receive(ack(all[index]!));
    const next = { offset: 50, lines: 5 };
    expect(jobs.progress(next, 5)).toEqual({
      floor: 1,
      position: { offset: 10, lines: 1 },
      done: [[2, 3]],
      failed: 0,
      lives: [],
    });
    jobs.receive(failure(all[1]!, "no"));
    jobs.receive(ack(all[4]!));
    const lives = [jobs.session.toString(36)];
    expect(jobs.progress(next, 5)).toEqual({ floor: 5, position: next, done: [], failed: 1, lives });
  });

  it("does not pass over what is not read yet, though a former life has done it", () => {
    const jobs = jobsOf({}, { floor: 5, position: { offset: 50, lines: 5 }, done: [[6, 9]], failed: 0, lives: [] });
    jobs.receive(ack(admit(jobs, 5)));
    expect(jobs.progress({ offset: 60, lines: 6 }, 6)).toEqual({
      floor: 6,
      position: { offset: 60, lines: 6 },
      done: [[6, 9]],
      failed: 0,
      lives: [],
    });
  });

  it("of a former life counts, and is not done again", () => {
    const jobs = jobsOf(
      {},
      { floor: 10, position: { offset: 100, lines: 10 }, done: [[12, 14]], failed: 2, lives: [] },
    );
    expect([jobs.done, jobs.failed]).toEqual([11, 2]);
    expect([9, 10, 12, 14, 15].map((index) => jobs.isDone(index))).toEqual([true, false, true, true, false]);
    jobs.receive(ack(admit(jobs, 10)));
    jobs.receive(ack(admit(jobs, 11)));
    expect(jobs.progress({ offset: 150, lines: 15 }, 15)).toMatchObject({ floor: 15, done: [] });
  });
});

it("a dead letter that is sent again leaves the list when it is settled, and comes again if it fails again", async () => {
  const jobs = jobsOf();
  jobs.receive(failure(admit(jobs, 0, "1"), "no"));
  jobs.receive(failure(admit(jobs, 1, "2"), "no"));
  const before = await letters();
  sent = [];
  jobs.resend(before);
  const [first, second] = sent as Job[];
  expect([first!, second!].map(({ payload }) => String(payload))).toEqual(["1", "2"]);
  expect(await letters()).toEqual(before);
  jobs.receive(ack(first!));
  expect(await letters()).toEqual(before.slice(1));
  jobs.receive(failure(second!, "still not"));
  const after = await letters();
  expect(after).toMatchObject([{ entry: "line 2", message: "still not" }]);
  expect(after[0]!.id).not.toBe(before[1]!.id);
  // They are no part of what is read.
  expect(jobs.progress({ offset: 20, lines: 2 }, 2)).toMatchObject({ floor: 2, position: { offset: 20 } });
});

describe("a dead letter that is sent again", () => {
  const failOne = async () => {
    const jobs = jobsOf();
    jobs.admit({ kind: 0, payload: "1" }, 0, 0, 0);
    jobs.flush();
    jobs.receive(failure(sent[0] as Job, "no"));
    sent = [];
    return { jobs, failed: await letters() };
  };

  it("has not failed any more when it is done, and is taken once", async () => {
    const { jobs, failed } = await failOne();
    expect(jobs.summary()).toMatchObject({ done: 0, failed: 1, failures: [{ job: "line 1" }] });
    jobs.resend(failed);
    jobs.resend(failed);
    expect(sent).toHaveLength(1);
    jobs.receive(ack(sent[0] as Job));
    expect(jobs.summary()).toEqual({ done: 1, failed: 0, failures: [] });
  });

  it("is still the one failure when it fails again, also in a later life of its source", async () => {
    const { jobs, failed } = await failOne();
    const progress = jobs.progress({ offset: 10, lines: 1 }, 1);
    const later = jobsOf({}, progress);
    later.resend(failed);
    later.receive(failure(sent[0] as Job, "still not"));
    expect(later.summary()).toMatchObject({ done: 0, failed: 1, failures: [{ message: "still not" }] });
    later.resend(await letters());
    later.receive(ack(sent.at(-1) as Job));
    expect(later.summary()).toEqual({ done: 1, failed: 0, failures: [] });
  });

  it("of another run was never counted here", async () => {
    const { failed } = await failOne();
    const jobs = jobsOf();
    jobs.resend(failed);
    jobs.receive(ack(sent[0] as Job));
    expect(jobs.summary()).toEqual({ done: 1, failed: 0, failures: [] });
  });
});
