import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, onTestFinished } from "vitest";
import type { RunEvent } from "../../src/control/types.js";
import { buildGraph } from "../../src/graph/build.js";
import type { RunOptions } from "../../src/runtime/options.js";
import type { Run } from "../../src/runtime/run.js";
import { openRun } from "../../src/runtime/start.js";
import type { Stage, Topology } from "../../src/topology/types.js";

export const CHILD = fileURLToPath(new URL("./fixtures/child.js", import.meta.url));

/** A short path: unix sockets are made in it. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync("/tmp/zpt-");
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function temporaryEnvironment() {
  const directory = temporaryDirectory();
  return { XDG_RUNTIME_DIR: directory, XDG_STATE_HOME: join(directory, "state") };
}

export function stage(name: string, changes: Partial<Stage> = {}): Stage {
  return {
    name,
    role: "stage",
    run: { kind: "command", argv: ["true"], cwd: "/" },
    workers: { min: 2, max: 2, initial: 2, sizing: undefined },
    join: undefined,
    threads: undefined,
    concurrency: 1,
    maxAttempts: 3,
    retries: 0,
    key: undefined,
    match: undefined,
    deliver: "one",
    env: {},
    ...changes,
  };
}

/** A server and the given stages, each of them reached from a route and answering. */
export function topologyOf(stages: readonly Stage[]): Topology {
  return {
    name: "demo",
    file: "/nowhere/demo.toml",
    placement: "separate",
    maxHops: 1000,
    drainMs: 10_000,
    server: {
      host: "127.0.0.1",
      port: 0,
      timeoutMs: 1000,
      maxInFlight: 10,
      maxInFlightBytes: 1000,
      maxBodyBytes: 1000,
      onTimeout: undefined,
      cors: undefined,
      exposeErrors: false,
      health: "/healthz",
      static: undefined,
      accessLog: undefined,
      routes: stages.map(({ name }) => ({
        methods: ["GET"],
        path: `/${name}`,
        params: [],
        query: [],
        body: { kind: "none" },
        to: [name],
        timeoutMs: 1000,
        onTimeout: undefined,
        priority: 0,
        lane: undefined,
      })),
    },
    sources: [],
    stages,
    proxies: [],
    edges: stages.map(({ name }) => ({ from: name, to: "server", route: "all", loopback: true })),
    samples: [],
    tests: [],
    discovery: undefined,
    metrics: undefined,
    metadata: {},
  };
}

export function optionsFor(stages: readonly Stage[], options: Partial<RunOptions> = {}): RunOptions {
  const topology = topologyOf(stages);
  return { topology, graph: buildGraph(topology), childEntry: CHILD, env: temporaryEnvironment(), ...options };
}

/** A run that ends with the test. */
export async function opened(stages: readonly Stage[], options: Partial<RunOptions> = {}): Promise<Run> {
  const run = await openRun(optionsFor(stages, options));
  runs.push(run);
  return run;
}

export async function started(stages: readonly Stage[], options: Partial<RunOptions> = {}): Promise<Run> {
  const run = await opened(stages, options);
  await run.ready;
  return run;
}

const runs: Run[] = [];
afterEach(async () => {
  await Promise.all(runs.splice(0).map((run) => run.stop({ kill: true })));
});

/** Resolves with the first event that `pick` gives something for. */
export function eventOf<T>(run: Pick<Run, "watch">, pick: (event: RunEvent) => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const unwatch = run.watch((event) => {
      const picked = pick(event);
      if (picked === undefined) return;
      resolve(picked);
      // The first event comes while `watch` is still under way.
      setImmediate(() => unwatch());
    });
  });
}

/** What the fixture child of a node is told next of that type. */
export function told(run: Run, node: string, type: string): Promise<Record<string, unknown>> {
  const prefix = `told ${type} `;
  return eventOf(run, (event) =>
    event.type === "log" && event.entry.node === node && event.entry.text.startsWith(prefix)
      ? (JSON.parse(event.entry.text.slice(prefix.length)) as Record<string, unknown>)
      : undefined,
  );
}

export async function nodeNamed(run: Pick<Run, "snapshot">, name: string) {
  const { nodes } = await run.snapshot();
  return nodes.find((node) => node.name === name);
}

export function isAlive(pid: number): boolean {
  try {
    // A process that nobody has reaped yet is dead all the same.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}
