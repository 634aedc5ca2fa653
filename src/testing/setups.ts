import { devNull } from "node:os";
import { dry } from "../bench/dry.js";
import { buildGraph } from "../graph/build.js";
import type { Graph } from "../graph/types.js";
import type { Route, Sample, Server, Source, SystemTest, TestBatch, Topology } from "../topology/types.js";

/** A topology to run, and the tests that are done with that run. */
export type Setup =
  | { readonly kind: "requests"; readonly ran: Ran; readonly questions: readonly Question[] }
  | { readonly kind: "batch"; readonly ran: Ran; readonly test: SystemTest; readonly batch: TestBatch };

export interface Ran {
  readonly topology: Topology;
  readonly graph: Graph;
}

/** A test that comes down to one request. */
export interface Question {
  readonly test: SystemTest;
  readonly sample: Sample;
}

/** Tests with the same stages to do without share a run, and so do all of stages alone. Each batch has a run of its own. */
export function setupsOf({ topology, graph }: Ran, tests: readonly SystemTest[]): readonly Setup[] {
  const requests = new Map<string, Question[]>();
  const alone: Question[] = [];
  const batches: Setup[] = [];
  for (const test of tests) {
    const { act } = test;
    if (act.kind === "request") {
      const key = JSON.stringify([...test.without].sort());
      requests.set(key, [...(requests.get(key) ?? []), { test, sample: act.sample }]);
    } else if (act.kind === "stage") {
      const { stage, job, status, result: answer } = act;
      const body = { kind: "json", value: job } as const;
      alone.push({ test, sample: { method: "POST", target: `/${stage}`, body, status, answer } });
    } else {
      const bare = withoutWorkers(topology, test.without);
      batches.push({ kind: "batch", ran: { topology: bare, graph }, test, batch: act });
    }
  }
  const shared = [...requests.values()].map((questions): Setup => {
    const bare = withoutWorkers(quiet(topology), questions[0]!.test.without);
    return { kind: "requests", ran: { topology: bare, graph }, questions };
  });
  if (alone.length > 0) {
    const stages = new Set(alone.map(({ test }) => (test.act.kind === "stage" ? test.act.stage : "")));
    const apart = stagesAlone(topology, stages);
    shared.push({ kind: "requests", ran: { topology: apart, graph: buildGraph(apart) }, questions: alone });
  }
  return [...shared, ...batches];
}

function withoutWorkers(topology: Topology, without: readonly string[]): Topology {
  const none = { min: 0, max: 0, initial: 0, sizing: undefined };
  const stages = topology.stages.map((stage) => (without.includes(stage.name) ? { ...stage, workers: none } : stage));
  return { ...topology, stages };
}

/** Sources have nothing to read, and sinks write nothing. */
function quiet(topology: Topology): Topology {
  return { ...dry(topology), sources: topology.sources.map(silent) };
}

/** Comes to its end at once. */
export function silent(source: Source): Source {
  return { ...source, input: { kind: "file", path: devNull }, checkpoint: undefined };
}

/** Each stage with a route of its own, `POST /STAGE`; whatever its worker returns or sends is the answer. */
export function stagesAlone(topology: Topology, names: ReadonlySet<string>): Topology {
  const stages = topology.stages.filter(({ name }) => names.has(name)).map((it) => ({ ...it, join: undefined }));
  const served = (list: readonly string[]) => list.filter((name) => names.has(name));
  return {
    ...topology,
    server: serverOf(stages.map(({ name }) => name)),
    sources: [],
    stages,
    proxies: topology.proxies
      .map((proxy) => ({ ...proxy, stages: served(proxy.stages) }))
      .filter((proxy) => proxy.stages.length > 0),
    edges: topology.edges.filter(({ from }) => names.has(from)).map((edge) => ({ ...edge, loopback: true })),
  };
}

const MIB = 1024 ** 2;

function serverOf(stages: readonly string[]): Server {
  const timeoutMs = 30_000;
  const body = { kind: "json" } as const;
  const rest = { params: [], query: [], body, timeoutMs, onTimeout: undefined, priority: 0, lane: undefined };
  return {
    host: "127.0.0.1",
    port: 0,
    timeoutMs,
    maxInFlight: 1024,
    maxInFlightBytes: 64 * MIB,
    maxBodyBytes: 64 * MIB,
    onTimeout: undefined,
    cors: undefined,
    exposeErrors: true,
    health: "/-/health",
    static: undefined,
    accessLog: undefined,
    routes: stages.map((name): Route => ({ methods: ["POST"], path: `/${name}`, to: [name], ...rest })),
  };
}
