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
    await expect(call({ vale: 1 })).rejects.toThrow('without a "value", but with "vale"');
    await expect(call({ drop: false })).rejects.toThrow('without a "value", but with "drop"');
    expect(await call({})).toBeUndefined();
    await expect(call({ error: "no", status: 400 })).rejects.toMatchObject({ message: "no", status: 400 });
    expect(await call({ value: 1 })).toBe(1);
  });

  it("that answers with what is no JSON fails that job; what it shows to people is no answer", async () => {
    const call = await start(
      OBEDIENT.replace(
        /console.log.*/,
        'console.log("hello"); console.log("{\\"id\\": " + id + ", \\"value\\": NaN}");',
      ),
    );
    await expect(call({})).rejects.toThrow('answered with what is no JSON: {"id": 1, "value": NaN}');
    await expect(call({})).rejects.toThrow('answered with what is no JSON: {"id": 2, "value": NaN}');
  });
});
