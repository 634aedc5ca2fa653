import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { formatProgress, ProgressLine } from "../../src/cli/progress.js";
import type { Snapshot, SourceSnapshot } from "../../src/metrics/snapshot.js";
import { TimeHistogram } from "../../src/metrics/time-histogram.js";

function source(fields: Partial<SourceSnapshot> = {}): SourceSnapshot {
  return {
    name: "s",
    state: "reading",
    after: [],
    pending: 0,
    done: 0,
    failed: 0,
    skipped: 0,
    donePerSecond: 0,
    progress: undefined,
    latency: { ...new TimeHistogram().summary(), total: { count: 0, sumMs: 0, hdr: "" } },
    ...fields,
  };
}

const BAR = (full: number) => `[${"█".repeat(full)}${"░".repeat(24 - full)}]`;

describe("progress", () => {
  it("is a count where nobody knows how much there is", () => {
    const text = formatProgress([source({ done: 12, pending: 3, donePerSecond: 4.4 })], 1000);
    expect(text).toBe("12 done  3 under way  4/s");
  });

  it("is a share of what is done, not of what is read, and tells what is left of the time", () => {
    const text = formatProgress([source({ done: 20, failed: 5, pending: 25, progress: 1, donePerSecond: 25 })], 10_000);
    expect(text).toBe(`${BAR(12)}   50 %  20 done  5 failed  25 under way  25/s  10s left`);
  });

  it("is nothing at the beginning and all at the end", () => {
    expect(formatProgress([source({ state: "waiting", progress: 0 })], 10)).toBe(
      `${BAR(0)}    0 %  0 done  0 under way  0/s`,
    );
    const end = source({ state: "finished", done: 9, progress: 1 });
    expect(formatProgress([end], 10)).toContain(`${BAR(24)}  100 %  9 done`);
  });

  it("names the sources that wait for others, and leaves out those that are not started", () => {
    const first = source({ done: 10, progress: 1 });
    const second = source({ name: "second", state: "waiting", progress: 0, after: ["first"] });
    expect(formatProgress([first, second], 1000)).toBe(
      `${BAR(12)}   50 %  10 done  0 under way  0/s  1s left  then second`,
    );
    expect(formatProgress([first, { ...second, state: "skipped" }], 1000)).toContain("100 %  10 done");
  });

  it("of several sources is that of all, if all can tell", () => {
    const half = source({ done: 10, progress: 0.5 });
    const whole = source({ state: "finished", done: 10, progress: 1 });
    expect(formatProgress([half, whole], 1000)).toContain(" 75 %  20 done");
    expect(formatProgress([half, source()], 1000)).not.toContain("%");
    // What it has read to the end is known, however it came.
    expect(formatProgress([half, source({ state: "read", done: 3, pending: 1 })], 1000)).toContain(" 62 %");
  });
});

it("is drawn over itself, no wider than the terminal, and wiped at the end", () => {
  const stream = Object.assign(new PassThrough(), { columns: 30 });
  const line = new ProgressLine(stream as unknown as NodeJS.WriteStream);
  const snapshot = {
    run: { uptimeMs: 1000 },
    sources: [source({ progress: 0.5, done: 123456 })],
  } as unknown as Snapshot;
  line.clear();
  line.draw(snapshot);
  line.draw(snapshot);
  line.clear();
  line.clear();
  const parts = String(stream.read()).split("\r\u001b[K");
  expect(parts).toEqual(["", parts[1], parts[1], ""]);
  expect(parts[1]).toHaveLength(29);
});
