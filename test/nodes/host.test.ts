import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { Host } from "../../src/nodes/host.js";
import { buildPlan } from "../../src/plan/build.js";
import type { FromChild, StageStats } from "../../src/plan/child.js";
import type { NodePlan } from "../../src/plan/types.js";
import type { Run } from "../../src/topology/types.js";
import { Recorder } from "../helpers/recorder.js";
import { eventually } from "../helpers/zpipe.js";
import { stage, temporaryDirectory, topologyOf } from "../runtime/support.js";

const PASS = fileURLToPath(new URL("../e2e/workers/pass.js", import.meta.url));

/** All nodes of an inline topology with so many workers, which are the last. */
function nodesWith(workers: number, run: Run): readonly NodePlan[] {
  const topology = topologyOf([stage("work", { run })]);
  const options = { placement: "inline", transport: "ipc", workers: new Map([["work", workers]]) } as const;
  return buildPlan(topology, buildGraph(topology), { ...options, ordered: false }).processes[0]!.nodes;
}

class Process {
  readonly told: FromChild[] = [];
  readonly #stats = new Recorder<Extract<FromChild, { type: "stats" }>>();
  readonly #directory = mkdtempSync("/tmp/zp-host-");
  readonly #host = new Host({
    tell: (message) => {
      this.told.push(message);
      if (message.type === "stats") this.#stats.add(message);
    },
    exit: () => rmSync(this.#directory, { recursive: true, force: true }),
  });

  constructor(private readonly run: Run = { kind: "module", path: PASS }) {
    onTestFinished(() => this.#host.receive({ type: "stop" }));
  }

  start(workers: number): void {
    const nodes = nodesWith(workers, this.run);
    const [directory, epoch, process] = [this.#directory, 1, 1];
    const rest = { metadata: {}, compiled: {}, deadLetters: "" };
    void this.#host.receive({ type: "start", directory, epoch, process, nodes, ...rest });
  }

  open(): void {
    void this.#host.receive({ type: "book", book: {} });
  }

  add(number: number): void {
    void this.#host.receive({ type: "add", node: nodesWith(number, this.run).at(-1)! });
  }

  retire(...numbers: readonly number[]): void {
    for (const number of numbers) void this.#host.receive({ type: "retire", node: `work.${number}` });
  }

  async has(workers: number): Promise<void> {
    await eventually(`${workers} workers`, async () => {
      void this.#host.receive({ type: "stats", id: 1 });
      const [{ nodes }] = (await this.#stats.take(1)) as [Extract<FromChild, { type: "stats" }>];
      const stages = nodes.flatMap((node): readonly StageStats[] => (node.kind === "proxy" ? node.stages : []));
      return stages[0]?.workers === workers;
    });
  }

  names(type: "ready" | "retired"): string[] {
    return this.told.flatMap((message) => (message.type === type ? [message.node] : [])).sort();
  }
}

describe("workers of a process that is starting", () => {
  it("may be added before anybody's address is known, and are there once", async () => {
    const process = new Process();
    process.start(2);
    process.add(3);
    process.open();
    process.add(4);
    await process.has(4);
    process.retire(1, 2, 3, 4);
    await process.has(0);
    expect(process.names("ready").slice(-4)).toEqual(["work.1", "work.2", "work.3", "work.4"]);
  });

  it.each(["before anybody's address is known", "while its proxy has not taken it in"])(
    "may be retired %s, and are not there then",
    async (when) => {
      const process = new Process();
      process.start(3);
      if (when.startsWith("before")) process.retire(1, 2);
      process.open();
      process.retire(1, 2);
      await process.has(1);
      expect(process.names("retired")).toContain("work.2");
      process.retire(3);
      await process.has(0);
    },
  );

  it("take their programs along when they are retired before anybody's address is known", async () => {
    const directory = temporaryDirectory();
    const untilEnd = `cat; touch ${directory}/$ZPIPE_WORKER`;
    const process = new Process({ kind: "command", argv: ["sh", "-c", untilEnd], cwd: "/" });
    process.start(2);
    process.retire(2);
    await eventually("the program has ended", () => existsSync(join(directory, "work.2")));
    process.open();
    await process.has(1);
    expect(existsSync(join(directory, "work.1"))).toBe(false);
  });
});
