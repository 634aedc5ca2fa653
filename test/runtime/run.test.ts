import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { decodeEntry } from "../../src/control/log/codec.js";
import { listLogFiles } from "../../src/control/log/files.js";
import { listRuns } from "../../src/control/runs.js";
import type { Death, LifecycleEvent } from "../../src/control/types.js";
import type { Run } from "../../src/runtime/run.js";
import { startRun } from "../../src/runtime/start.js";
import {
  eventOf,
  isAlive,
  nodeNamed,
  opened,
  optionsFor,
  stage,
  started,
  temporaryDirectory,
  temporaryEnvironment,
  told,
} from "./support.js";

const square = stage("square");

describe("start", () => {
  test.each(["separate", "hub", "inline"] as const)(
    "%s: every node gets ready and the run is found",
    async (placement) => {
      const env = temporaryEnvironment();
      const run = await started([square], { placement, env });
      const { nodes, run: state } = await run.snapshot();
      expect(state).toMatchObject({ name: "demo", state: "running", url: "http://127.0.0.1:1", placement });
      expect(nodes.map((node) => [node.name, node.state])).toEqual(
        ["server", "square", "square.1", "square.2"].map((name) => [name, "running"]),
      );
      expect((await listRuns(env)).map((record) => [record.name, record.pid])).toEqual([["demo", process.pid]]);
    },
  );

  test("a node that crashes three times ends it with what the node said, and nothing is left", async () => {
    const bad = stage("bad", { env: { BEHAVIOUR: "crash-on-start" } });
    const options = optionsFor([square, bad]);
    await expect(startRun(options)).rejects.toMatchObject({
      code: "start-failed",
      exitCode: 1,
      message: expect.stringMatching(
        /^bad\.\d could not be started: exit code 7 \(after 3 attempts\)\n {2}cannot go on:\n {2}the disk is on fire$/,
      ),
    });
    expect(await listRuns(options.env)).toEqual([]);
  });

  test("without a place for the log gives the name back", async () => {
    const options = optionsFor([square]);
    const env = { ...options.env, XDG_STATE_HOME: "/proc/nowhere" };
    await expect(startRun({ ...options, env })).rejects.toMatchObject({ code: "no-log" });
    expect(await listRuns(env)).toEqual([]);
  });

  test("can be stopped while it is under way", async () => {
    const run = await opened([stage("slow", { env: { BEHAVIOUR: "never-ready" } })]);
    await told(run, "slow.1", "book");
    await run.stop();
    await expect(run.ready).rejects.toMatchObject({ code: "stopped" });
  });

  test("the environment of a stage reaches its workers", async () => {
    const run = await opened([stage("labelled", { env: { NODE_LABEL: "the label" } })]);
    await told(run, "the label", "book");
  });
});

describe("a child that dies", () => {
  test("is started again, with its inboxes under another epoch in everybody's book", async () => {
    const run = await started([square]);
    const proxy = await nodeNamed(run, "square");
    const book = told(run, "square.1", "book");
    process.kill(proxy!.pid!, "SIGKILL");
    expect(await book).toMatchObject({ book: { "square/jobs": { epoch: 2 }, "server/answers": { epoch: 1 } } });
    expect(await nodeNamed(run, "square")).toMatchObject({ restarts: 1 });
  });

  test("and owned requests: the others are told its session, and it serves again", async () => {
    const run = await started([square]);
    const server = await nodeNamed(run, "server");
    const [lost, starts, serves] = [
      told(run, "square", "owner-lost"),
      told(run, "new", "start"),
      told(run, "server", "serve"),
    ];
    process.kill(server!.pid!, "SIGKILL");
    expect(await lost).toEqual({ session: server!.pid });
    // Where it listened, since its clients know no other place.
    expect(await starts).toMatchObject({ epoch: 2, nodes: [{ server: { port: 1 } }] });
    await serves;
  });

  test("is told in the log", async () => {
    const run = await started([square]);
    const line = eventOf(run, (event) =>
      event.type === "log" && event.entry.level === "error" ? event.entry : undefined,
    );
    process.kill((await nodeNamed(run, "square.2"))!.pid!, "SIGKILL");
    expect(await line).toMatchObject({
      node: "zpipe",
      about: "square.2",
      text: "square.2 exited unexpectedly (killed by SIGKILL); starting it again in 100 ms",
    });
  });
});

describe("a worker that leaves", () => {
  const stays = stage("stays", { env: { BEHAVIOUR: "never-retires" } });
  const killed = async (run: Run) => process.kill((await nodeNamed(run, "stays.2"))!.pid!, "SIGKILL");

  test("cannot be started again, and its stage can be scaled when it has gone", async () => {
    const run = await started([stays]);
    const retires = told(run, "stays.2", "retire");
    const scaled = run.scale([{ stage: "stays", to: 1 }]);
    await retires;
    await expect(run.restart("stays.2")).rejects.toMatchObject({ code: "node-leaving" });
    await killed(run);
    await scaled;
    await run.scale([{ stage: "stays", to: 3 }]);
    expect((await run.snapshot()).stages[0]!.workers).toMatchObject({ wanted: 3, ready: 3 });
  });

  test("ends what waits for it to be started again", async () => {
    const run = await started([stays]);
    const retires = told(run, "stays.2", "retire");
    const restarted = expect(run.restart("stays.2")).rejects.toMatchObject({ code: "node-leaving" });
    await retires;
    const scaled = run.scale([{ stage: "stays", to: 1 }]);
    await eventOf(run, (event) => (event.type === "snapshot" ? event : undefined));
    await killed(run);
    await Promise.all([restarted, scaled]);
  });

  test.each(["second-never-ready", "second-ready-late"])(
    "before it was ready holds up nobody in its process, and is not ready later (%s)",
    async (behaviour) => {
      const run = await started([stage("square", { env: { BEHAVIOUR: behaviour } })], { placement: "inline" });
      const happened: string[] = [];
      const { pid } = (await nodeNamed(run, "square.2"))!;
      const again = told(run, "server", "book");
      process.kill(pid!, "SIGKILL");
      await again;
      run.watch((told) => {
        if (told.type !== "lifecycle" || !("node" in told.event)) return;
        if (told.event.node === "square.2") happened.push(told.event.kind);
      });
      await run.scale([{ stage: "square", to: 1 }]);
      const { nodes } = await run.snapshot();
      expect(nodes.map(({ name, state }) => [name, state])).toEqual(
        ["server", "square", "square.1"].map((name) => [name, "running"]),
      );
      expect(happened).toEqual(["retired"]);
    },
  );
});

test("a death is told with its reason, its last words and what comes next", async () => {
  const run = await opened([stage("bad", { env: { BEHAVIOUR: "crash-on-start" } })]);
  const deaths: Death[] = [];
  // It may have died for the first time already.
  run.watch(
    ({ type, ...rest }) => {
      const { event } = rest as { event?: LifecycleEvent };
      if (event?.kind === "died" && event.node === "bad.1") deaths.push(event);
    },
    { past: true },
  );
  await expect(run.ready).rejects.toMatchObject({ code: "start-failed" });
  await run.ended;
  expect(deaths[0]).toMatchObject({
    process: "bad.1",
    exitCode: 7,
    signal: null,
    reason: "exit code 7",
    stderr: ["cannot go on:", "the disk is on fire"],
    againInMs: 100,
  });
});

describe("scale", () => {
  test.each(["separate", "hub", "inline"] as const)(
    "%s: adds the next numbers and retires the highest",
    async (placement) => {
      const run = await started([square], { placement });
      const workers = async () =>
        (await run.snapshot()).nodes
          .filter((node) => node.kind === "worker")
          .map((node) => `${node.name} ${node.state}`);
      expect(await run.scale([{ stage: "square", to: 4 }])).toEqual({
        stages: [{ stage: "square", before: 2, after: 4 }],
      });
      expect(await workers()).toEqual([1, 2, 3, 4].map((number) => `square.${number} running`));
      await run.scale([{ stage: "square", to: { delta: -3 } }]);
      expect(await workers()).toEqual(["square.1 running"]);
    },
  );

  test("to what there is, is success", async () => {
    const run = await started([square]);
    expect(await run.scale([{ stage: "square", to: 2 }])).toEqual({
      stages: [{ stage: "square", before: 2, after: 2 }],
    });
  });

  test("starts again what could not be started before", async () => {
    const file = join(temporaryDirectory(), "trouble");
    const run = await started([stage("frail", { env: { BEHAVIOUR: "crash-while-file", FILE: file } })]);
    writeFileSync(file, "");
    hurry();
    const scale = () => run.scale([{ stage: "frail", to: 3 }]);
    await expect(scale()).rejects.toMatchObject({ code: "start-failed" });
    await expect(scale()).rejects.toMatchObject({ code: "start-failed" });
    rmSync(file);
    expect(await scale()).toEqual({ stages: [{ stage: "frail", before: 3, after: 3 }] });
    expect(await nodeNamed(run, "frail.3")).toMatchObject({ state: "running" });
  });

  test("calls at the same time follow each other", async () => {
    const run = await started([square]);
    const more = [{ stage: "square", to: { delta: 1 } }];
    const results = await Promise.all([run.scale(more), run.scale(more)]);
    expect(results.map(({ stages }) => stages[0]?.after)).toEqual([3, 4]);
  });
});

test("restart gives a node a new process and waits until that is ready", async () => {
  const run = await started([square]);
  for (const node of ["square.1", "square", "server"]) {
    const before = await nodeNamed(run, node);
    await run.restart(node);
    const after = await nodeNamed(run, node);
    expect(after).toMatchObject({ state: "running", restarts: 1 });
    expect(after?.pid).not.toBe(before?.pid);
  }
});

describe("stop", () => {
  test("ends every process and removes the run directory", async () => {
    const run = await started([square]);
    const { nodes } = await run.snapshot();
    expect(await run.stop()).toEqual({ clean: true, unanswered: 0 });
    expect(nodes.filter((node) => isAlive(node.pid!))).toEqual([]);
    expect(() => readFileSync(join(run.record.directory, "run.json"))).toThrow("ENOENT");
    expect(await run.ended).toMatchObject({ clean: true, error: undefined });
  });

  test("says how many requests it waits for, and gives them up after the grace", async () => {
    process.env.BEHAVIOUR = "never-drained";
    const run = await started([square]).finally(() => delete process.env.BEHAVIOUR);
    const waiting = eventOf(run, (event) => (event.type === "waiting" ? event.pending : undefined));
    expect(await run.stop({ graceMs: 100 })).toEqual({ clean: false, unanswered: 3 });
    expect(await waiting).toBe(3);
  });

  test("waits as long as it was told at the start, unless it is told otherwise", async () => {
    process.env.BEHAVIOUR = "never-drained";
    const run = await started([square], { drainMs: 100 }).finally(() => delete process.env.BEHAVIOUR);
    expect(await run.stop()).toEqual({ clean: false, unanswered: 3 });
  });

  test("a second stop, with kill, waits for nothing", async () => {
    process.env.BEHAVIOUR = "never-drained";
    const run = await started([square]).finally(() => delete process.env.BEHAVIOUR);
    const stopped = run.stop({ graceMs: 600_000 });
    expect(await run.stop({ kill: true })).toMatchObject({ clean: false });
    expect(await stopped).toMatchObject({ clean: false });
  });

  test("kills what ignores SIGTERM", async () => {
    const run = await started([stage("stubborn", { env: { BEHAVIOUR: "ignore-sigterm" } })]);
    const { pid } = (await nodeNamed(run, "stubborn.1"))!;
    expect(await run.stop()).toMatchObject({ clean: false });
    expect(isAlive(pid!)).toBe(false);
  });

  test("is clean when SIGTERM ended what did not hear the word, since every request was answered", async () => {
    const run = await started([stage("stubborn", { env: { BEHAVIOUR: "ignore-stop" } })]);
    expect(await run.stop()).toEqual({ clean: true, unanswered: 0 });
  });

  test("ends a scaling that is under way", async () => {
    const run = await started([stage("busy", { env: { BEHAVIOUR: "busy" } })]);
    const scaled = run.scale([{ stage: "busy", to: 1 }]);
    // One turn, so that it is under way.
    await run.snapshot();
    const refused = expect(scaled).rejects.toMatchObject({ code: "stopped" });
    await run.stop({ kill: true });
    await refused;
  });
});

test("lines of a flood are whole, in order, and none is missing in the log file", async () => {
  const env = temporaryEnvironment();
  const run = await started([stage("flood", { env: { BEHAVIOUR: "flood" } })], { env });
  await Promise.all(["flood.1", "flood.2"].map((node) => said(run, node, "line 19999")));
  await run.stop();
  const [file, ...others] = await listLogFiles(join(env.XDG_STATE_HOME, "zpipe", "demo", "log"));
  expect(others).toEqual([]);
  const entries = readFileSync(file!.path, "utf8").trimEnd().split("\n").map(decodeEntry);
  expect(entries.filter((entry) => entry === undefined)).toEqual([]);
  for (const node of ["flood.1", "flood.2"]) {
    const texts = entries.flatMap((entry) => (entry?.node === node && entry.stream === "stdout" ? [entry.text] : []));
    expect(texts).toEqual(Array.from({ length: 20_000 }, (_, number) => `line ${number}`));
  }
});

/** Resolves when the node has printed, or logged, that text. */
function said(run: Run, node: string, text: string): Promise<true> {
  return eventOf(run, (event) =>
    event.type === "log" && event.entry.node === node && event.entry.text === text ? true : undefined,
  );
}

/** Makes the timers of this process, the back-offs among them, run 50 times as fast. */
function hurry(): void {
  const slow = setTimeout;
  const fast = vi.spyOn(globalThis, "setTimeout");
  fast.mockImplementation(((act: () => void, ms = 0) => slow(act, ms / 50)) as typeof setTimeout);
  onTestFinished(() => fast.mockRestore());
}
