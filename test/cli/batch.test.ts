import { describe, expect, it } from "vitest";
import { type BatchResult, exitCodeOf, formatBatch } from "../../src/cli/batch.js";
import { formatLetters, payloadLines } from "../../src/cli/dead-letters.js";
import type { DeadLetter } from "../../src/plan/child.js";

const DONE: BatchResult = {
  name: "ocr",
  complete: true,
  done: 1200,
  failed: 0,
  failures: [],
  earlier: { done: 0, failed: 0 },
  skipped: [],
  durationMs: 60_000,
};

describe("the end of a batch", () => {
  it("is one line when all is well", () => {
    expect([formatBatch(DONE), exitCodeOf(DONE)]).toEqual(["ocr: 1200 jobs done in 60s (20/s)", 0]);
    expect(formatBatch({ ...DONE, done: 1, durationMs: 0 })).toBe("ocr: 1 job done in 0ms (1000/s)");
  });

  it("names the first failures by the first line of what they say, and how to see them all", () => {
    const failures = [
      { job: "line 7", stage: "read", message: "no such page\n  at page.ts:3" },
      { job: "item 9", stage: "out", message: "full" },
    ];
    const failed = { ...DONE, failed: 5, failures };
    expect(exitCodeOf(failed)).toBe(1);
    expect(formatBatch(failed).split("\n")).toEqual([
      "ocr: 1200 jobs done in 60s (20/s), 5 failed",
      '  line 7: stage "read": no such page',
      '  item 9: stage "out": full',
      "  and 3 more",
      "See them with: zpipe dead-letters ocr",
    ]);
  });

  it("tells what was done before apart: neither the rate nor the list is about it", () => {
    const failures = [{ job: "line 7", stage: "read", message: "\u001b[2Jno" }];
    const resumed = { ...DONE, failed: 3, failures, earlier: { done: 600, failed: 2 } };
    expect(formatBatch(resumed).split("\n")).toEqual([
      "ocr: 1200 jobs done in 60s (10/s), 3 failed; of these 600 done and 2 failed before",
      '  line 7: stage "read": \\x1b[2Jno',
      "See them with: zpipe dead-letters ocr",
    ]);
  });

  it("says which sources were not started, and why, and is no success", () => {
    const skipped = [
      { source: "second", because: [{ source: "first", failed: 2 }] },
      { source: "third", because: [{ source: "second", failed: 0 }] },
    ];
    const ended = { ...DONE, failed: 2, skipped };
    expect(formatBatch(ended).split("\n").slice(2, 4)).toEqual([
      "second was not started: 2 jobs of first failed",
      "third was not started: second was not started",
    ]);
    expect([exitCodeOf(ended), exitCodeOf({ ...ended, failed: 0 }), exitCodeOf({ ...ended, complete: false })]).toEqual(
      [1, 1, 130],
    );
  });

  it("that came too early is 130, also when jobs have failed", () => {
    const stopped = { ...DONE, complete: false, failed: 1 };
    expect(exitCodeOf(stopped)).toBe(130);
    expect(formatBatch(stopped)).toContain("1 failed; stopped before its end");
  });
});

describe("dead letters", () => {
  const letter = (fields: Partial<DeadLetter>): DeadLetter => ({
    id: "a-1",
    time: "2030-01-02T03:04:05.678Z",
    owner: "tasks",
    entry: "line 7",
    route: 0,
    stage: "read",
    message: "no",
    kind: "json",
    payload: "1",
    lane: 0,
    ...fields,
  });

  it("are a table of one line each", () => {
    const text = formatLetters([letter({ payload: '{\n  "n": 1\n}' }), letter({ message: "x".repeat(100) })]);
    const [head, first, second] = text.split("\n");
    expect(head).toMatch(/^ID +TIME +FROM +JOB +STAGE +WHY +PAYLOAD$/);
    expect(first).toMatch(/^a-1 +2030-01-02 03:04:05 +tasks +line 7 +read +no +\{ "n": 1 \}$/);
    expect(second).toContain(`${"x".repeat(60)}… `);
    expect(formatLetters([])).toBe("no dead letters");
  });

  it("are lines for a source to read: JSON in one line, bytes as text in base64", () => {
    const letters = [
      letter({ payload: '{\n  "n": 18446744073709551616\r\n}' }),
      letter({ kind: "base64", payload: "/w==" }),
    ];
    expect(payloadLines(letters)).toBe('{ "n": 18446744073709551616 }\n"/w=="');
  });
});
