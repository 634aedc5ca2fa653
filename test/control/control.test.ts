import { once } from "node:events";
import { statSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { controlClient } from "../../src/control/client.js";
import { controlSocket, type RunRecord } from "../../src/control/record.js";
import { serveControl } from "../../src/control/serve.js";
import type { Control, LifecycleEvent, RunEvent } from "../../src/control/types.js";
import type { Run } from "../../src/runtime/run.js";
import { eventOf, nodeNamed, stage, started, temporaryDirectory } from "../runtime/support.js";

const square = stage("square");

const ROUTES = [
  { path: "/", statuses: { 200: 4 } },
  { path: "", statuses: { 200: 1 } },
];

/** Both ways to a run keep the same promises. */
describe.each<[string, (run: Run) => Control]>([
  ["in the process of the run", (run) => run],
  ["over the control socket", (run) => controlClient(run.record)],
])("control %s", (_, controlOf) => {
  test("a snapshot tells of run, nodes, stages and server", async () => {
    const control = controlOf(await started([square]));
    expect(await control.snapshot()).toMatchObject({
      run: { name: "demo", state: "running", pid: process.pid, topology: "/nowhere/demo.toml" },
      nodes: [{ kind: "server" }, { kind: "proxy" }, { kind: "worker", stage: "square" }, { kind: "worker" }],
      stages: [{ name: "square", workers: { wanted: 2, ready: 2, idle: 1 }, depth: 2, received: 7, done: 5 }],
      server: {
        requests: 5,
        statuses: { 200: 5 },
        routes: ROUTES,
        latency: { count: 5, meanMs: 1, total: { count: 5, sumMs: 5 } },
      },
    });
  });

  test("scale tells what it has changed", async () => {
    const control = controlOf(await started([square]));
    expect(await control.scale([{ stage: "square", to: { delta: 1 } }])).toEqual({
      stages: [{ stage: "square", before: 2, after: 3 }],
    });
  });

  test("errors come with code, exit code and hints", async () => {
    const control = controlOf(await started([square]));
    await expect(control.scale([{ stage: "squar", to: 1 }])).rejects.toMatchObject({
      name: "ZpipeError",
      code: "unknown-stage",
      exitCode: 2,
      hints: ['did you mean "square"?'],
    });
    await expect(control.restart("squar.1")).rejects.toMatchObject({ code: "unknown-node" });
  });

  test("restart resolves when the node is ready again", async () => {
    const control = controlOf(await started([square]));
    await control.restart("square.1");
    expect(await nodeNamed(control, "square.1")).toMatchObject({ restarts: 1, state: "running" });
  });

  test("kill ends the process of a node, which is started again", async () => {
    const control = controlOf(await started([square]));
    const before = (await nodeNamed(control, "square.1"))!;
    await control.kill("square.1");
    const back = await eventOf(control, (event) => {
      const node = event.type === "snapshot" && event.snapshot.nodes.find(({ name }) => name === "square.1");
      return node && node.state === "running" ? node : undefined;
    });
    expect(back.pid).not.toBe(before.pid);
    expect(back.restarts).toBe(1);
    await expect(control.kill("squar.1")).rejects.toMatchObject({ code: "unknown-node", hints: [expect.any(String)] });
  });

  test("watch begins with a snapshot and ends with the run", async () => {
    const run = await started([square]);
    const control = controlOf(run);
    const events: RunEvent[] = [];
    const ended = eventOf({ watch: (onEvent) => control.watch(onEvent) }, (event) => {
      events.push(event);
      return event.type === "state" && event.state === "ended" ? true : undefined;
    });
    await eventOf(control, (event) => (event.type === "snapshot" ? true : undefined));
    await control.stop();
    await ended;
    expect(events[0]).toMatchObject({ type: "snapshot", snapshot: { run: { state: "running" } } });
    expect(events.filter((event) => event.type === "state").map((event) => event.state)).toContain("draining");
  });

  test("watch tells what has happened before, and then what happens", async () => {
    const run = await started([square]);
    const control = controlOf(run);
    const seen: string[] = [];
    const ended = new Promise<void>((resolve) => {
      const onEvent = (event: RunEvent) => {
        if (event.type === "lifecycle") seen.push(nameOf(event.event));
        if (event.type === "state" && event.state === "ended") resolve();
      };
      control.watch(onEvent, { past: true, types: ["lifecycle"] });
    });
    await control.restart("square.1");
    await control.scale([{ stage: "square", to: 1 }]);
    await control.stop();
    await ended;
    expect(seen.slice(0, 5)).toEqual([
      "starting",
      ...["server", "square", "square.1", "square.2"].map((node) => `started ${node}`),
    ]);
    // Processes that are independent end in any order.
    const rest = seen.filter((name) => !/^(started|exited) /.test(name));
    expect(rest.filter((name) => name.startsWith("ready ")).sort()).toEqual(
      ["server", "square", "square.1", "square.1", "square.2"].map((node) => `ready ${node}`),
    );
    expect(rest.filter((name) => !name.startsWith("ready "))).toEqual([
      "starting",
      "running",
      "restarted square.1",
      "retired square.2",
      "scaled square",
      "draining",
      "drained server",
      "ended",
    ]);
    expect(seen.filter((name) => name === "exited square.1")).toHaveLength(2);
  });

  test("stop is answered before the run is gone", async () => {
    const run = await started([square]);
    expect(await controlOf(run).stop({ graceMs: 1_000 })).toEqual({ clean: true, unanswered: 0 });
    await run.ended;
  });
});

describe("the control socket", () => {
  test("is for its user only", async () => {
    const { record } = await started([square]);
    expect(statSync(controlSocket(record)).mode & 0o777).toBe(0o600);
  });

  test("answers what it does not understand with an error", async () => {
    const { record } = await started([square]);
    for (const line of [
      "nonsense",
      '{"id":1,"call":{"method":"dance"}}',
      '{"id":1,"call":{"method":"scale","changes":[{}]}}',
    ]) {
      expect(await answerTo(controlSocket(record), line)).toHaveProperty("error");
    }
  });

  test("survives clients that go away in the middle", async () => {
    const run = await started([square]);
    for (let client = 0; client < 50; client++) {
      const socket = createConnection(controlSocket(run.record));
      socket.on("error", () => {});
      await new Promise((resolve) => socket.once("connect", resolve));
      socket.write('{"id":1,"call":{"method":"watch"}}\n{"id":2,"call":{"method":"snapshot"}}\n');
      // After what was written has been read, or before.
      setTimeout(() => socket.destroy(), client % 3);
    }
    expect(await controlClient(run.record).snapshot()).toMatchObject({ run: { state: "running" } });
  });

  test("keeps little for a watcher that does not read, but every state", async () => {
    let emit!: (event: RunEvent) => void;
    const watch = (onEvent: typeof emit) => {
      emit = onEvent;
      return () => {};
    };
    const path = `${temporaryDirectory()}/control.sock`;
    const server = await serveControl({ watch } as Control, path);
    const socket = createConnection(path, () => socket.write('{"id":1,"call":{"method":"watch"}}\n'));
    await once(socket, "data");
    socket.pause();
    const entry = { time: 0, node: "a", text: "x".repeat(1000) };
    const snapshot = { run: { name: entry.text } } as never;
    for (let event = 0; event < 10_000; event++)
      emit(event % 2 ? { type: "log", entry } : { type: "snapshot", snapshot });
    emit({ type: "state", state: "ended" });
    const closed = server.close();
    let text = "";
    for await (const chunk of socket.setEncoding("utf8")) text += chunk;
    await closed;
    expect(text.length).toBeLessThan(3_000_000);
    expect(text).toContain('"state":"ended"');
  });

  test("of a run that dies while it writes is that of a run that has gone", async () => {
    const record = { name: "dying", directory: temporaryDirectory() } as RunRecord;
    const dying = createServer(
      (socket) => void socket.once("data", () => socket.end('{"id":1,"result":{}}\n{"id":1,"ev')),
    );
    await once(dying.listen(controlSocket(record)), "listening");
    const last = await new Promise((resolve) => controlClient(record).watch(resolve));
    expect(last).toEqual({ type: "state", state: "ended" });
    dying.close();
  });

  test("of a run that has ended says so", async () => {
    const run = await started([square]);
    await run.stop();
    await run.ended;
    await expect(controlClient(run.record).snapshot()).rejects.toMatchObject({ code: "run-gone", exitCode: 3 });
  });
});

function nameOf(event: LifecycleEvent): string {
  if (event.kind === "state") return event.state;
  if (event.kind === "scaled") return `scaled ${event.stage}`;
  return "node" in event ? `${event.kind} ${event.node}` : event.kind;
}

function answerTo(path: string, line: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path, () => socket.write(`${line}\n`));
    socket.once("error", reject);
    socket.once("data", (data) => {
      resolve(JSON.parse(data.toString()));
      socket.destroy();
    });
  });
}
