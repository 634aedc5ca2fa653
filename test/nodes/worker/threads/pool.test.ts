import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Logger } from "../../../../src/nodes/worker/handler.js";
import { JobContext } from "../../../../src/nodes/worker/job-context.js";
import type { JobRunner } from "../../../../src/nodes/worker/runner.js";
import { startThreads } from "../../../../src/nodes/worker/threads/pool.js";
import { eachWork } from "../../../../src/nodes/worker/train-work.js";
import type { WorkerPlan } from "../../../../src/plan/types.js";
import type { Output, Work, Works } from "../../../../src/protocol/messages.js";
import { type Body, bytesOf, encodeBody } from "../../../../src/protocol/payload.js";
import { PayloadsWriter } from "../../../../src/protocol/payloads.js";
import { Recorder } from "../../../helpers/recorder.js";
import { temporaryDirectory } from "../../../runtime/support.js";

const MODES = fileURLToPath(new URL("modules/modes.mjs", import.meta.url));

const PLAN: WorkerPlan = {
  kind: "worker",
  name: "square.1",
  stage: "square",
  stageNumber: 1,
  topology: "t",
  run: { kind: "module", path: MODES },
  threads: 1,
  concurrency: 1,
  retries: 0,
  env: {},
  edges: ["next"],
  inbox: "square/workers",
};

class Pool {
  readonly logged = new Recorder<[message: string, fields: unknown]>();
  readonly #log = (message: string, fields?: unknown) => this.logged.add([message, fields]);
  readonly log: Logger = { debug: this.#log, info: this.#log, warn: this.#log, error: this.#log };
  runner!: JobRunner;

  async start(file: string, plan: Partial<WorkerPlan>): Promise<this> {
    const whole = { ...PLAN, ...plan };
    this.runner = await startThreads(whole, whole.threads!, { source: file, file, metadata: {} }, this.log);
    return this;
  }

  /** What became of a job, and the context by which it can be aborted. */
  do(body: Body) {
    return this.work({
      type: "work",
      slot: 1,
      session: 36,
      seq: 1,
      attempt: 2,
      hops: 3,
      deadline: 0,
      trace: "",
      ...body,
    });
  }

  work(work: Work): { context: JobContext; outputs: Promise<readonly Output[]> } {
    const context = new JobContext(PLAN, work, this.log, () => {});
    return { context, outputs: (async () => this.runner.outputsOf(await this.runner.run(work, context)))() };
  }

  job(mode: string, more: object = {}) {
    return this.do(encodeBody({ mode, ...more }));
  }
}

async function poolOf(file = MODES, plan: Partial<WorkerPlan> = {}): Promise<Pool> {
  const pool = await new Pool().start(file, plan);
  onTestFinished(() => pool.runner.end());
  return pool;
}

function moduleFile(name: string, text: string): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

describe("a module", () => {
  it.each([
    ["ESM", "m.mjs", "export default (n) => n + 1"],
    ["CommonJS", "m.js", "module.exports = (n) => n + require('node:os').EOL.length"],
  ])("of %s runs in a thread", async (_, name, text) => {
    const pool = await poolOf(moduleFile(name, text));
    expect(await pool.do(encodeBody(1)).outputs).toMatchObject([{ kind: 0, payload: "2" }]);
  });

  it("does the jobs of a train in a thread", async () => {
    const file = moduleFile("m.mjs", "export default (n, { attempt, hops }) => [n, attempt, hops]");
    const pool = await poolOf(file);
    const row = new PayloadsWriter();
    row.add("5");
    row.add("7");
    const payloads = row.take();
    const train: Works = {
      type: "works",
      slot: 1,
      session: 36,
      seq: 1,
      kind: 0,
      attempt: 2,
      hops: 3,
      deadline: 0,
      payloads,
    };
    const works: Work[] = [];
    eachWork(train, (work) => works.push(work));
    const outputs = await Promise.all(works.map((work) => pool.work(work).outputs));
    expect(outputs.flat().map(({ payload }) => payload)).toEqual(["[5,2,3]", "[7,2,3]"]);
  });

  it("that exports no function is an error that says so", async () => {
    const file = moduleFile("m.mjs", "export const n = 1");
    await expect(poolOf(file)).rejects.toThrow(`${file} has no default export that is a function`);
  });

  it("whose setup fails in any thread is an error with what it threw", async () => {
    const setup = "export const setup = () => { if (threadId % 2) throw new Error('no model'); }";
    const file = moduleFile(
      "m.mjs",
      `import { threadId } from "node:worker_threads"; export default () => 1; ${setup}`,
    );
    await expect(poolOf(file, { threads: 2, concurrency: 2 })).rejects.toThrow("no model");
  });

  it("that ends its thread while it loads is an error", async () => {
    await expect(poolOf(moduleFile("m.mjs", "process.exit(0)"))).rejects.toThrow(
      "a thread is not ready: it ended with exit code 0",
    );
  });
});

describe("what a thread makes of a job", () => {
  it("comes back encoded, actions included", async () => {
    const pool = await poolOf();
    const outputs = await pool.job("to", { value: { exact: 2n ** 60n } }).outputs;
    expect(outputs).toEqual([{ route: 1, edge: 0, meta: "", kind: 0, payload: '{"exact":1152921504606846976}' }]);
  });

  it("is an error with its message, its status, and the stack in the thread", async () => {
    const pool = await poolOf();
    await expect(pool.job("throw", { status: 404 }).outputs).rejects.toMatchObject({
      message: "too far",
      status: 404,
      stack: expect.stringMatching(/RangeError: too far\n.*modes\.mjs/),
    });
    await expect(pool.job("text").outputs).rejects.toMatchObject({ message: "no error at all", status: 0 });
    await expect(pool.do({ kind: 0, payload: "{" }).outputs).rejects.toThrow("JSON");
  });

  it("leaves both the batch that it came in and the bytes that the handler keeps as they are", async () => {
    const pool = await poolOf();
    const batch = Buffer.from("one batch of jobs");
    for (let i = 0; i < 2; i++) {
      const [echo] = await pool.do({ kind: 1, payload: batch.subarray(4, 9) }).outputs;
      expect(echo!.payload.toString()).toBe('"batch"');
      const [kept] = await pool.job("kept").outputs;
      expect([kept!.kind, kept!.payload]).toEqual([1, Buffer.from("kept")]);
    }
    expect(batch.toString()).toBe("one batch of jobs");
  });

  it("may be long text", async () => {
    const pool = await poolOf();
    const [long] = await pool.job("long", { length: 100_000 }).outputs;
    expect(bytesOf(long!.payload).toString()).toBe(JSON.stringify("ü".repeat(100_000)));
  });
});

describe("a job that is not wanted any more", () => {
  it.each([
    ["computes", "compute", "resolves"],
    ["computes", "obey", "rejects"],
    ["waits", "wait", "rejects"],
  ] as const)("stops its handler that %s (%s)", async (says, mode, how) => {
    const pool = await poolOf();
    const { context, outputs } = pool.job(mode);
    const settled = Promise.allSettled([outputs]);
    expect((await pool.logged.take(1))[0]![0]).toBe(says);
    context.abort();
    expect((await settled)[0].status).toBe(how === "resolves" ? "fulfilled" : "rejected");
  });

  it("is known as such when it starts late", async () => {
    const pool = await poolOf();
    const first = pool.job("compute");
    const second = pool.job("compute");
    second.context.abort();
    first.context.abort();
    expect(await Promise.all([first.outputs, second.outputs])).toMatchObject([
      [{ payload: '"stopped"' }],
      [{ payload: '"stopped"' }],
    ]);
  });
});

it("a thread has several jobs in hand when the concurrency is larger than the number of threads", async () => {
  const pool = await poolOf(MODES, { threads: 1, concurrency: 3 });
  const jobs = [pool.job("wait"), pool.job("wait"), pool.job("wait")];
  expect((await pool.logged.take(3)).map(([message]) => message)).toEqual(["waits", "waits", "waits"]);
  for (const { context } of jobs) context.abort();
  expect((await Promise.allSettled(jobs.map(({ outputs }) => outputs))).map(({ status }) => status)).toEqual(
    Array(3).fill("rejected"),
  );
});

it("log fields of any kind reach the log", async () => {
  const pool = await poolOf();
  const { context, outputs } = pool.job("compute");
  expect(await pool.logged.take(1)).toEqual([["computes", { so: expect.stringContaining("so"), n: 2 }]]);
  context.abort();
  await outputs;
});

it("the end waits for threads that tear down, whether a job waits in them or not, and not for one that computes", async () => {
  const pool = await new Pool().start(MODES, { threads: 3, concurrency: 3 });
  const settled = Promise.allSettled([pool.job("deaf").outputs, pool.job("wait").outputs]);
  await pool.logged.take(2);
  await pool.runner.end();
  expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect((await pool.logged.take(2)).map(([message]) => message)).toEqual(["torn down", "torn down"]);
});
