import { beforeEach, describe, expect, it } from "vitest";
import { drop, reply, scatter, to } from "../../../src/index.js";
import { Billboard } from "../../../src/nodes/worker/billboard.js";
import { WorkerCore } from "../../../src/nodes/worker/core.js";
import type { Handler } from "../../../src/nodes/worker/handler.js";
import { runHere } from "../../../src/nodes/worker/runner.js";
import type { WorkerPlan } from "../../../src/plan/types.js";
import { type Done, type FromWorker, OutputRoute, type Work } from "../../../src/protocol/messages.js";
import { Recorder } from "../../helpers/recorder.js";

const PLAN: WorkerPlan = {
  kind: "worker",
  name: "square.1",
  stage: "square",
  stageNumber: 1,
  topology: "t",
  run: { kind: "module", path: "/w.js" },
  threads: undefined,
  concurrency: 1,
  retries: 0,
  env: {},
  edges: ["next", "server"],
  inbox: "square/workers",
};

let sent: Recorder<FromWorker>;
let logged: string[];
let byes: number;
let board: Billboard;

beforeEach(() => {
  sent = new Recorder();
  logged = [];
  byes = 0;
  board = new Billboard();
});

function coreOf(handler: Handler, plan: Partial<WorkerPlan> = {}): WorkerCore {
  const log = (message: string) => void logged.push(message);
  return new WorkerCore(
    { ...PLAN, ...plan },
    runHere({ default: handler }, PLAN.edges),
    { debug: log, info: log, warn: log, error: log },
    board,
    { send: (message) => sent.add(message), flush: () => {}, onBye: () => byes++ },
  );
}

function work(slot: number, payload = "null"): Work {
  return { type: "work", slot, session: 36, seq: 1, attempt: 1, hops: 1, deadline: 0, trace: "", kind: 0, payload };
}

function resultsIn(message: FromWorker): number {
  if (message.type === "dones") return message.payloads.count;
  return message.type === "done" ? 1 : 0;
}

/** A handler that runs until it is told to finish. */
function gate() {
  const started = new Recorder<{ value: unknown; signal: AbortSignal; finish: (result?: unknown) => void }>();
  const handler: Handler = (value, { signal }) =>
    new Promise((finish) => started.add({ value, signal, finish: (result) => finish(result) }));
  return { handler, started };
}

describe("outputs", () => {
  const outputsOf = async (result: unknown) => {
    coreOf(() => result).receive(work(1));
    const [message] = await sent.take(1);
    return message!.type === "done"
      ? message!.outputs.map(({ route, edge, payload }) => [route, edge, payload])
      : message;
  };

  it.each([
    ["a value", { n: 1 }, [[OutputRoute.follow, 0, '{"n":1}']]],
    ["an empty array, which is a value", [], [[OutputRoute.follow, 0, "[]"]]],
    ["to", to("server", 2), [[OutputRoute.edge, 1, "2"]]],
    ["reply", reply("x"), [[OutputRoute.reply, 0, '"x"']]],
    [
      "scatter",
      scatter("next", [1, 2]),
      [
        [OutputRoute.scatter, 0, "1"],
        [OutputRoute.scatter, 0, "2"],
      ],
    ],
    ["drop, which makes none", drop(), []],
    ["drop among other actions", [drop(), to("next", 1)], [[OutputRoute.edge, 0, "1"]]],
    ["an empty scatter", scatter("next", []), [[OutputRoute.empty, 0, "null"]]],
    [
      "a list of actions",
      [to("next", 1), reply(2)],
      [
        [OutputRoute.edge, 0, "1"],
        [OutputRoute.reply, 0, "2"],
      ],
    ],
  ])("are made of %s", async (_, result, expected) => {
    expect(await outputsOf(result)).toEqual(expected);
  });

  it("are an error that names the edges there are, when an action names another", async () => {
    expect(await outputsOf(to("nowhere", 1))).toMatchObject({
      type: "failed",
      message: 'no edge leads to "nowhere": its edges lead to "next", "server"',
    });
  });
});

describe("results", () => {
  /** Slots in the order in which they left, and were started. */
  async function order(holdUp: (slot: number) => boolean, count: number): Promise<string[]> {
    const events: string[] = [];
    let waiting: string[] = [];
    const slotsOf = (message: FromWorker) =>
      message.type === "dones" ? Array.from(message.services, (_, i) => message.slot + i) : [(message as Done).slot];
    const log = () => {};
    const done = new Recorder<number>();
    const core = new WorkerCore(
      PLAN,
      runHere(
        {
          default: (slot: number) => {
            events.push(`start ${slot}`);
            if (holdUp(slot)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3);
          },
        },
        PLAN.edges,
      ),
      { debug: log, info: log, warn: log, error: log },
      new Billboard(),
      {
        send: (message) => void waiting.push(...slotsOf(message).map((slot) => `leave ${slot}`)),
        flush: () => {
          events.push(...waiting);
          for (const each of waiting) done.add(Number(each.slice(6)));
          waiting = [];
        },
        onBye: () => {},
      },
    );
    for (let slot = 0; slot < count; slot++) core.receive(work(slot, String(slot)));
    await done.take(count);
    return events;
  }

  it("do not wait while a job runs that may hold them up", async () => {
    const events = await order((slot) => slot % 2 === 0, 6);
    // The first has shown it.
    expect(events.indexOf("leave 3")).toBeLessThan(events.indexOf("start 4"));
    expect(events.indexOf("leave 1")).toBeLessThan(events.indexOf("start 2"));
  });

  it("do not wait for all that is here to be done, however much more the worker would take", async () => {
    let started = 0;
    const startedAtLeave: number[] = [];
    const core = coreOf(() => {
      for (const end = performance.now() + 0.1; performance.now() < end; );
      started++;
    });
    const take = sent.add.bind(sent);
    sent.add = (message) => {
      startedAtLeave.push(started);
      take(message);
    };
    // Until it is known that jobs are quick, each result leaves soon.
    for (let slot = 0; slot < 40; slot++) {
      core.receive(work(slot));
      await sent.take(1);
    }
    for (let slot = 40; slot < 46; slot++) core.receive(work(slot));
    for (let told = 0; told < 6; ) {
      told += resultsIn((await sent.take(1))[0]!);
    }
    expect(startedAtLeave.find((count) => count > 40)).toBeLessThan(46);
  });
});

describe("a reply", () => {
  const replyOf = async (options: object) => {
    coreOf(() => reply("x", options)).receive(work(1));
    return (await sent.take(1))[0]!;
  };

  it("tells its status and headers, and nothing else that was passed along", async () => {
    const message = await replyOf({ status: 201, value: "y".repeat(100_000) });
    expect(message).toMatchObject({ type: "done", outputs: [{ meta: '{"status":201}' }] });
  });

  it("with more headers than fit in a message fails, instead of being cut", async () => {
    const message = await replyOf({ headers: { "x-long": "y".repeat(70_000) } });
    expect(message).toMatchObject({ type: "failed", message: "the headers of its reply are longer than 64 KiB" });
  });
});

describe("jobs", () => {
  it("run in order, as many at a time as the concurrency", async () => {
    const { handler, started } = gate();
    const core = coreOf(handler, { concurrency: 2 });
    for (const slot of [1, 2, 3]) core.receive(work(slot, String(slot)));
    const [first, second] = await started.take(2);
    expect([first!.value, second!.value, core.runningCount]).toEqual([1, 2, 2]);
    second!.finish();
    const [third] = await started.take(1);
    expect(third!.value).toBe(3);
    expect(await sent.take(1)).toMatchObject([{ type: "done", slot: 2 }]);
  });

  it("that throw are said to have failed, with the status that the error has, and logged if it has none", async () => {
    const failing = coreOf((status: number) => {
      throw Object.assign(new Error("boom"), status ? { status } : {});
    });
    failing.receive(work(1, "0"));
    failing.receive(work(2, "404"));
    expect(await sent.take(2)).toMatchObject([
      { type: "failed", slot: 1, message: "boom", status: 0 },
      { type: "failed", slot: 2, message: "boom", status: 404 },
    ]);
    expect(logged).toHaveLength(1);
  });

  it("are clocked in the handler: in microseconds, waiting included, when it is async", async () => {
    const took = 5;
    const core = coreOf(async (value) => {
      if (value === "slow") await new Promise((resolve) => setTimeout(resolve, took));
    });
    core.receive(work(1, '"quick"'));
    core.receive(work(2, '"slow"'));
    const [quick, slow] = (await sent.take(2)) as Extract<FromWorker, { type: "done" }>[];
    expect([quick!.slot, slow!.slot]).toEqual([1, 2]);
    expect(Number.isInteger(quick!.service)).toBe(true);
    // Timers count whole ms of the loop's own clock, so one may fire a little early.
    expect(slow!.service).toBeGreaterThanOrEqual((took - 1) * 1000);
    expect(slow!.service).toBeGreaterThan(quick!.service);
  });

  it("whose payload is not JSON fail, and the next one runs", async () => {
    const core = coreOf((value: number) => value);
    core.receive(work(1, "{"));
    core.receive(work(2, "5"));
    expect((await sent.take(2)).map((message) => message.type)).toEqual(["failed", "done"]);
  });

  it("that are recalled before they start are forgotten without a word", async () => {
    const { handler, started } = gate();
    const core = coreOf(handler);
    for (const slot of [1, 2, 3]) core.receive(work(slot, String(slot)));
    const [first] = await started.take(1);
    core.receive({ type: "recall", slot: 2 });
    first!.finish();
    expect((await started.take(1))[0]!.value).toBe(3);
    expect(await sent.take(1)).toMatchObject([{ type: "done", slot: 1 }]);
  });

  it("that are aborted are told so when they run, and not started when they wait; either way the slot is heard of", async () => {
    const { handler, started } = gate();
    const core = coreOf(handler);
    core.receive(work(1));
    core.receive(work(2));
    const [first] = await started.take(1);
    core.receive({ type: "abort", slot: 2 });
    core.receive({ type: "abort", slot: 1 });
    expect(first!.signal.aborted).toBe(true);
    first!.finish();
    expect(await sent.take(2)).toMatchObject([
      { type: "failed", slot: 2, message: "aborted" },
      { type: "done", slot: 1 },
    ]);
    expect(started.count).toBe(0);
  });
});

describe("a new link", () => {
  it("makes it forget what the old one brought, and keep quiet about it", async () => {
    const { handler, started } = gate();
    const core = coreOf(handler);
    core.receive(work(1, "1"));
    core.receive(work(2, "2"));
    const [first] = await started.take(1);
    core.hello();
    expect(first!.signal.aborted).toBe(true);
    core.receive(work(1, "7"));
    first!.finish();
    const [again] = await started.take(1);
    expect(again!.value).toBe(7);
    again!.finish();
    expect((await sent.take(2)).map((message) => message.type)).toEqual(["hello", "done"]);
  });

  it("is goodbye for one that has taken its leave", () => {
    const core = coreOf(() => 1);
    core.retire();
    core.hello();
    expect(byes).toBe(1);
  });
});

it("a worker that retires hands back what it has not started", async () => {
  const { handler, started } = gate();
  const core = coreOf(handler);
  for (const slot of [1, 2, 3]) core.receive(work(slot));
  await started.take(1);
  core.retire();
  expect(await sent.take(1)).toEqual([{ type: "leave", unstarted: [2, 3] }]);
});

describe("what a worker advertises", () => {
  const message = (...tiles: readonly string[]) => ({ type: "advertise", attributes: [["tiles", tiles]] });

  it("in setup is said after every hello and every welcome, since the proxy may be a new one", async () => {
    board.advertise({ tiles: ["a", 7n, true] });
    const core = coreOf(() => 1);
    core.hello();
    core.receive({ type: "welcome", stage: "sum", concurrency: 1, edges: [] });
    const all = await sent.take(3);
    expect(all.map(({ type }) => type)).toEqual(["hello", "advertise", "advertise"]);
    expect(all[2]).toEqual(message("7", "a", "true"));
  });

  it("in a handler is said before the job is done, and only once if it is the same again, in whatever order", async () => {
    const core = coreOf((tiles: string, { advertise }) => advertise({ tiles }));
    core.receive(work(1, '["a","b"]'));
    core.receive(work(2, '["b","a","b"]'));
    core.receive(work(3, '"a"'));
    const said: unknown[] = [];
    for (let told = 0; told < 3; ) {
      const [each] = await sent.take(1);
      // Results leave together, or one by one where the machine is busy.
      const results = resultsIn(each!);
      said.push(...(results === 0 ? [each] : new Array(results).fill("done")));
      told += results;
    }
    expect(said).toEqual([message("a", "b"), "done", "done", message("a"), "done"]);
  });

  it.each([
    [["a"], "what a worker advertises must be values by name"],
    [null, "what a worker advertises must be values by name"],
    [{ tiles: [{}] }, '"tiles", which a worker advertises, must be a text, a number, a boolean, or a list of such'],
    [{ tiles: null }, '"tiles", which a worker advertises, must be a text, a number, a boolean, or a list of such'],
    [{ tiles: "x".repeat(65_531) }, "a worker can advertise 65536 bytes at most, not 65544"],
  ])("is refused when it is something else: %#", (attributes, error) => {
    expect(() => board.advertise(attributes as never)).toThrow(error);
    expect(board.message).toBeUndefined();
  });
});
