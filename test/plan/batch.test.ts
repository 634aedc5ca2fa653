import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { buildPlan } from "../../src/plan/build.js";
import { HOME, type NodePlan, type Plan, type ProxyPlan, type StagePlan } from "../../src/plan/types.js";
import type { Placement } from "../../src/topology/types.js";
import { topologyOf } from "../topology/support.js";

const SERVER = `
[server]
[[server.routes]]
path = "/"
to = "a"
`;
const SINKS = `
[sinks.lines]
file = "out.jsonl"
[sinks.module]
run = "take.js"
workers = 2
concurrency = 3
`;
const REST = `
[sources.one]
stdin = true
to = ["a", "b"]
priority = 7
[sources.two]
run = "make.js"
to = "a"
[stages.a]
command = ["work"]
[stages.b]
command = ["work"]
[stages.both]
command = ["work"]
join = ["a", "b"]
[[edges]]
from = ["a", "b"]
to = "both"
[[edges]]
from = "both"
to = ["server", "one", "two"]
loopback = true
`;
const TO_SINKS = '[[edges]]\nfrom = "both"\nto = ["lines", "module"]\n';

async function planOf(text: string, placement: Placement = "separate"): Promise<Plan> {
  const topology = await topologyOf(text, { "take.js": "", "make.js": "" });
  return buildPlan(topology, buildGraph(topology), { placement, transport: "ipc", workers: new Map() });
}

const WITH_ALL = SERVER + SINKS + REST + TO_SINKS;

function nodesOf<K extends NodePlan["kind"]>(plan: Plan, kind: K): Extract<NodePlan, { readonly kind: K }>[] {
  const isKind = (node: NodePlan): node is Extract<NodePlan, { readonly kind: K }> => node.kind === kind;
  return plan.processes.flatMap(({ nodes }) => nodes).filter(isKind);
}

function stageOf(plan: Plan, name: string): StagePlan {
  return nodesOf(plan, "proxy")
    .flatMap(({ stages }) => stages)
    .find((stage) => stage.name === name)!;
}

describe("owners", () => {
  it("are numbered, the server first, and known to every proxy and sink", async () => {
    const plan = await planOf(WITH_ALL);
    const owners = [...nodesOf(plan, "server"), ...nodesOf(plan, "source")];
    expect(owners.map(({ name, owner }) => [name, owner])).toEqual([
      ["server", 0],
      ["one", 1],
      ["two", 2],
    ]);
    const known = ["server", "one", "two"].map((name, owner) => ({ owner, answers: `${name}/answers` }));
    for (const node of [...nodesOf(plan, "proxy"), ...nodesOf(plan, "sink")]) expect(node.owners).toEqual(known);
    expect(nodesOf(await planOf(REST.replace('"server", ', "")), "source").map(({ owner }) => owner)).toEqual([0, 1]);
  });

  it("know every proxy and sink, by the numbers of their stages", async () => {
    const plan = await planOf(WITH_ALL);
    const all = [["a"], ["b"], ["both"], ["module"], ["lines"]];
    const numbers = new Map(["a", "b", "both", "lines", "module"].map((name, number) => [name, number]));
    for (const { proxies } of [...nodesOf(plan, "source"), ...nodesOf(plan, "proxy")]) {
      expect(proxies).toEqual(
        all.map((names) => ({ jobs: `${names[0]}/jobs`, stages: names.map((name) => numbers.get(name)) })),
      );
    }
  });

  it("that are sources have an entry and a lane of their own; copies for a join are a group", async () => {
    const [one, two] = nodesOf(await planOf(WITH_ALL), "source");
    expect([one!.entry, one!.lane]).toEqual([{ targets: [0, 1], origin: 0x8001, priority: 7 }, 1]);
    expect([two!.entry, two!.lane]).toEqual([{ targets: [0], origin: undefined, priority: 0 }, 2]);
    expect(stageOf(await planOf(WITH_ALL), "both").join!.groups).toEqual([{ origin: 0x8001, target: HOME, parts: 2 }]);
  });

  it("that are servers drop the rest of an answered request, unless a sink may wait for it", async () => {
    expect(nodesOf(await planOf(WITH_ALL), "server")[0]!.dropsRest).toBe(false);
    expect(nodesOf(await planOf(SERVER + REST), "server")[0]!.dropsRest).toBe(true);
  });
});

describe("a sink", () => {
  it("that writes lines is a node of its own, without workers", async () => {
    const plan = await planOf(WITH_ALL);
    expect(nodesOf(plan, "sink")).toMatchObject([
      {
        name: "lines",
        number: 3,
        jobs: { name: "lines/jobs", medium: "ipc" },
        output: { kind: "file", path: "/t/out.jsonl" },
      },
    ]);
    expect(nodesOf(plan, "worker").some(({ stage }) => stage === "lines")).toBe(false);
  });

  it("that is a module is a stage that does each job once and leads nowhere", async () => {
    const plan = await planOf(WITH_ALL);
    expect(stageOf(plan, "module")).toMatchObject({ once: true, all: [], edges: [], concurrency: 3 });
    expect(stageOf(plan, "both")).toMatchObject({ once: false });
    expect(
      nodesOf(plan, "worker")
        .filter(({ stage }) => stage === "module")
        .map(({ name }) => name),
    ).toEqual(["module.1", "module.2"]);
  });
});

it("a job has one home, however many owners a stage leads back to", async () => {
  expect(stageOf(await planOf(WITH_ALL), "both").all).toEqual([HOME, 3, 4]);
});

describe("placement", () => {
  const processes = async (placement: Placement) =>
    (await planOf(WITH_ALL, placement)).processes.map(({ name, nodes }) => [name, nodes.length]);
  const workers = ["a.1", "b.1", "both.1", "module.1", "module.2"].map((name) => [name, 1]);

  it("separate gives sources and sinks processes of their own", async () => {
    const core = ["server", "one", "two", "a", "b", "both", "module", "lines"].map((name) => [name, 1]);
    expect(await processes("separate")).toEqual([...core, ...workers]);
  });

  it("hub and inline put them with the proxies", async () => {
    expect(await processes("hub")).toEqual([["hub", 8], ...workers]);
    expect(await processes("inline")).toEqual([["all", 13]]);
    for (const placement of ["hub", "inline"] as const) {
      const plan = await planOf(WITH_ALL, placement);
      const cores: ProxyPlan["jobs"][] = [
        ...nodesOf(plan, "source").map(({ answers }) => answers),
        ...nodesOf(plan, "sink").map(({ jobs }) => jobs),
      ];
      for (const { medium } of cores) expect(medium).toBe("memory");
    }
  });
});
