import { describe, expect, test } from "vitest";
import type { JobContext } from "../../../src/nodes/worker/job-context.js";
import { backoffMs, type Patience, retrying } from "../../../src/nodes/worker/retrying.js";
import type { JobRunner } from "../../../src/nodes/worker/runner.js";
import type { Work } from "../../../src/protocol/messages.js";

const WORK = {} as Work;

/** A handler that throws these in turn and then returns, with what was paused. */
function failing(...errors: readonly unknown[]) {
  const context = { aborted: false, signal: new AbortController().signal } as {
    -readonly [K in keyof JobContext]: JobContext[K];
  };
  const pauses: number[] = [];
  let calls = 0;
  const runner: JobRunner = {
    run: () => {
      if (calls < errors.length) throw errors[calls++];
      calls++;
      return "done";
    },
    outputsOf: () => [],
    end: async () => {},
  };
  const patience: Patience = {
    random: () => 1,
    pause: async (ms) => void pauses.push(ms),
  };
  const run = (retries: number) => retrying(runner, retries, patience).run(WORK, context as JobContext);
  return { context, pauses, patience, runner, run, calls: () => calls };
}

const status = (code: number) => Object.assign(new Error(String(code)), { status: code });

describe("a handler that throws", () => {
  test("is called again, after pauses that double, and may still be right", async () => {
    const { run, pauses, calls } = failing(new Error("1"), status(503), new Error("3"));
    expect(await run(3)).toBe("done");
    expect([pauses, calls()]).toEqual([[100, 200, 400], 4]);
  });

  test("has failed with its last error when that is too often", async () => {
    const { run, calls } = failing(new Error("1"), new Error("2"), new Error("3"));
    await expect(run(1)).rejects.toThrow("2");
    expect(calls()).toBe(2);
  });

  test("is not called again when the request is at fault, or nobody wants the job", async () => {
    const refused = failing(status(404));
    await expect(refused.run(5)).rejects.toThrow("404");
    const unwanted = failing(new Error("1"));
    unwanted.patience.pause = async () => {
      unwanted.context.aborted = true;
    };
    await expect(unwanted.run(5)).rejects.toThrow("1");
    expect([refused.calls(), unwanted.calls()]).toEqual([1, 1]);
  });
});

test("without retries nothing stands between a worker and its handler", () => {
  const { runner } = failing();
  expect(retrying(runner, 0)).toBe(runner);
});

test("pauses have an end, and differ", () => {
  expect([backoffMs(0, 0), backoffMs(0, 1), backoffMs(100, 1)]).toEqual([50, 100, 30_000]);
});
