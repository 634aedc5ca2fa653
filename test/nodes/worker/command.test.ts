import { describe, expect, it, onTestFinished } from "vitest";
import { startCommand } from "../../../src/nodes/worker/command.js";
import type { Context, WorkerModule } from "../../../src/nodes/worker/handler.js";
import type { WorkerPlan } from "../../../src/plan/types.js";

/** A program that answers each job with the answer that the job is. */
const OBEDIENT = `require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, value } = JSON.parse(line);
  console.log(JSON.stringify({ id, ...value }));
})`;

async function start(script: string): Promise<(answer: object) => Promise<unknown>> {
  const module: WorkerModule = await startCommand(
    { kind: "command", argv: [process.execPath, "-e", script], cwd: process.cwd() },
    { name: "work.1", stage: "work", env: {} } as WorkerPlan,
    {},
    { log: { warn: () => {} } as never, advertise: () => {}, onDeath: (text) => expect.fail(text) },
  );
  onTestFinished(async () => void (await module.teardown!()));
  const context = { signal: new AbortController().signal } as Context;
  return async (answer) => module.default(answer as never, context);
}

describe("a program", () => {
  it("that says an answer wrong fails that job, and does the next", async () => {
    const call = await start(OBEDIENT);
    for (const values of [undefined, null, "abc", 7]) {
      await expect(call({ scatter: "next", values })).rejects.toThrow('"scatter" without a list of "values"');
    }
    await expect(call({ error: "no", status: 400 })).rejects.toMatchObject({ message: "no", status: 400 });
    expect(await call({ value: 1 })).toBe(1);
  });
});
