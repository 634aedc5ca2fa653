import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { jobsOf as jobsIn } from "../../../src/nodes/load.js";
import { DeadLetterFile } from "../../../src/nodes/owner/dead-letters.js";
import type { Progress } from "../../../src/nodes/source/checkpoint.js";
import { Feed } from "../../../src/nodes/source/feed.js";
import { SourceJobs } from "../../../src/nodes/source/jobs.js";
import { readLines } from "../../../src/nodes/source/lines.js";
import type { Job, ToProxy } from "../../../src/protocol/messages.js";
import type { Source } from "../../../src/topology/types.js";
import { ack, failure, NOTHING, planOf } from "./helpers.js";

const directory = mkdtempSync("/tmp/zp-loss-");
afterAll(() => rmSync(directory, { recursive: true }));
let sent: ToProxy[];
let settled: number;
beforeEach(() => {
  sent = [];
  settled = 0;
});
function jobsOf(source: Partial<Source> = {}, progress = NOTHING, orderedBy: number[] = []): SourceJobs {
  const plan = planOf({ maxInFlight: 100, maxInFlightBytes: 100_000, ...source }, orderedBy);
  const proxy = { send: (m: ToProxy) => void sent.push(...(m.type === "train" ? jobsIn(m) : [m])) };
  return new SourceJobs(
    plan,
    { proxyOf: () => proxy, proxies: [proxy] },
    new DeadLetterFile(join(directory, "dl")),
    progress,
    () => settled++,
  );
}
function admit(jobs: SourceJobs, index: number): Job {
  jobs.admit({ kind: 0, payload: String(index) }, index, index * 10, index);
  jobs.flush();
  return sent.filter((m): m is Job => m.type === "job").at(-1)!;
}
const tick = () => new Promise((r) => setImmediate(r));

it("what a dead sink held is not settled by the confirmation of the new sink before the resend", async () => {
  const jobs = jobsOf({}, NOTHING, [7]);
  const all = [0, 1, 2, 3].map((i) => admit(jobs, i));
  for (const job of all.slice(1)) jobs.receive(ack(job)); // sink A holds 1..3
  // sink A is killed; its successor is up; the source hears of it
  jobs.resendSoon();
  // job 0 arrives at the new sink within the 20..500 ms before the resend
  jobs.receive(ack(all[0]!));
  await tick();
  const releases = sent.filter((m) => m.type === "release");
  // the new sink holds only job 0: it writes that and confirms what it was told
  for (const r of releases)
    jobs.receive({ type: "written", session: jobs.session, sink: 7, upTo: (r as { upTo: number }).upTo });
  const resentBefore = sent.filter((m) => m.type === "job").length;
  await new Promise((r) => setTimeout(r, 600));
  const resent = sent.filter((m) => m.type === "job").length - resentBefore;
  jobs.stop();
  expect({ releases: releases.length, settled, resent }).toEqual({ releases: 0, settled: 0, resent: 4 });
});

it("in order, a job that is done and waits for its predecessor does not fail", () => {
  vi.useFakeTimers();
  try {
    const jobs = jobsOf({ timeoutMs: 100 }, NOTHING, [7]);
    admit(jobs, 0);
    vi.setSystemTime(Date.now() + 60);
    const second = admit(jobs, 1);
    const third = admit(jobs, 2);
    jobs.receive(ack(second));
    jobs.receive(ack(third));
    vi.setSystemTime(Date.now() + 150);
    jobs.expire();
    jobs.receive({ type: "written", session: jobs.session, sink: 7, upTo: 0 });
    expect(sent.filter((m) => m.type === "cancel").map((m) => (m as { seq: number }).seq)).toEqual([0]);
  } finally {
    vi.useRealTimers();
  }
});

it("a checkpoint that is written while the input lags behind names the place where its floor begins", async () => {
  // former run: 0..4 done, 5 not, 6..9 done; lines of 2 bytes
  const from: Progress = { floor: 5, position: { offset: 10, lines: 5 }, done: [[6, 9]], failed: 0, lives: [] };
  const jobs = jobsOf({}, from);
  const feed = new Feed(jobs, from, new AbortController().signal);
  let goOn = () => {};
  async function* pipe() {
    yield Buffer.from("0\n1\n2\n3\n4\n5\n");
    await new Promise<void>((r) => {
      goOn = r;
    });
    yield Buffer.from("6\n7\n8\n9\n10\n");
  }
  const reading = feed.lines({ size: undefined, seekable: false, read: (p) => readLines(pipe(), p, 0) });
  await tick();
  await tick();
  const job = sent.at(-1) as Job;
  expect(String(job.payload)).toBe("5");
  jobs.receive(ack(job));
  const progress = jobs.progress(feed.next, feed.nextIndex);
  goOn();
  await reading;
  jobs.flush();
  // offset 12 is where job 6 begins
  expect(progress).toEqual({ floor: 6, position: { offset: 12, lines: 6 }, done: [[6, 9]], failed: 0, lives: [] });
});
it("in order, a job that has failed is not sent again", async () => {
  const jobs = jobsOf({}, NOTHING, [7]);
  const [first, second] = [0, 1].map((i) => admit(jobs, i));
  jobs.receive(failure(second!));
  sent = [];
  jobs.resendSoon();
  await new Promise((r) => setTimeout(r, 60));
  jobs.stop();
  expect(sent.filter((m) => m.type === "job").map((m) => (m as Job).seq)).toEqual([first!.seq]);
});
it("what an earlier sending failed in does not fail a job whose last sending succeeds", async () => {
  const jobs = jobsOf();
  const job = admit(jobs, 0);
  jobs.receive(failure(job, "no", { part: { partHigh: 1, partLow: 1 } }));
  sent = [];
  jobs.resendSoon();
  await new Promise((r) => setTimeout(r, 60));
  jobs.receive(ack(sent.find((m) => m.type === "job") as Job));
  jobs.stop();
  expect([jobs.done, jobs.failed]).toEqual([1, 0]);
});
it("in order, a job that has failed is released again when its sink, and the first release with it, was lost", async () => {
  const jobs = jobsOf({}, NOTHING, [7]);
  const job = admit(jobs, 0);
  jobs.receive(failure(job));
  await tick();
  expect(sent.filter((m) => m.type === "release").length).toBe(1); // to a sink that has just died
  sent = [];
  jobs.resendSoon();
  await new Promise((r) => setTimeout(r, 700)); // cancelled: its proxy drops the copy, and nothing is ever said of it
  jobs.stop();
  expect(sent.filter((m) => m.type === "release").length).toBe(1);
});

it("in order, what is done at its second sending is not called off while it may be sent a third time", async () => {
  const jobs = jobsOf({}, NOTHING, [7]);
  admit(jobs, 0);
  admit(jobs, 1);
  const sendAgain = async () => {
    sent = [];
    jobs.resendSoon();
    await vi.waitFor(() => expect(sent.filter((m) => m.type === "job").length).toBe(2), 1000);
    return sent.filter((m): m is Job => m.type === "job");
  };
  const [, second] = await sendAgain();
  jobs.receive(ack(second!));
  expect(sent.filter((m) => m.type === "cancel")).toEqual([]);
  const again = await sendAgain();
  for (const job of again) jobs.receive(ack(job));
  await tick();
  jobs.receive({ type: "written", session: jobs.session, sink: 7, upTo: 2 });
  jobs.stop();
  expect([settled, sent.filter((m) => m.type === "cancel").length]).toEqual([2, 2]);
});
