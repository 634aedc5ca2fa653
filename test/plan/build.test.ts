import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { buildPlan } from "../../src/plan/build.js";
import type { PlanOptions } from "../../src/plan/context.js";
import { diffPlans } from "../../src/plan/diff.js";
import { HOME, type Plan, type ProxyPlan, type ServerPlan, type StagePlan } from "../../src/plan/types.js";
import { EULER6, type Sketch, textOf } from "../graph/support.js";
import { topologyOf } from "../topology/support.js";

async function planOf(sketch: Sketch, options: Partial<PlanOptions> = {}): Promise<Plan> {
  const topology = await topologyOf(textOf(sketch));
  return buildPlan(topology, buildGraph(topology), {
    placement: "separate",
    transport: "ipc",
    workers: new Map(),
    ...options,
  });
}

const nodesOf = (plan: Plan) => plan.processes.flatMap((process) => process.nodes);
const serverOf = (plan: Plan) => nodesOf(plan).find((node): node is ServerPlan => node.kind === "server")!;
const proxiesOf = (plan: Plan) => nodesOf(plan).filter((node): node is ProxyPlan => node.kind === "proxy");

function stageOf(plan: Plan, name: string): StagePlan {
  return proxiesOf(plan)
    .flatMap((proxy) => proxy.stages)
    .find((stage) => stage.name === name)!;
}

describe("placement", () => {
  it("separate gives each node its process and each inbox a socket", async () => {
    const plan = await planOf(EULER6, { transport: "tcp" });
    expect(plan.processes.map(({ name, nodes }) => [name, nodes.length])).toEqual(
      ["server", "sum", "square", "difference", "sum.1", "square.1", "difference.1"].map((name) => [name, 1]),
    );
    expect(serverOf(plan).answers.medium).toBe("tcp");
    for (const { jobs, workers } of proxiesOf(plan)) expect([jobs.medium, workers.medium]).toEqual(["tcp", "tcp"]);
  });

  it("hub puts server and proxies together, and only workers reach them by a socket", async () => {
    const plan = await planOf(EULER6, { placement: "hub" });
    expect(plan.processes.map(({ name, nodes }) => [name, nodes.length])).toEqual([
      ["hub", 4],
      ["sum.1", 1],
      ["square.1", 1],
      ["difference.1", 1],
    ]);
    expect(serverOf(plan).answers.medium).toBe("memory");
    for (const { jobs, workers } of proxiesOf(plan)) expect([jobs.medium, workers.medium]).toEqual(["memory", "ipc"]);
  });

  it("inline puts everything in one process without a socket", async () => {
    const plan = await planOf(EULER6, { placement: "inline" });
    expect(plan.processes.map(({ name, nodes }) => [name, nodes.length])).toEqual([["all", 7]]);
    for (const { jobs, workers } of proxiesOf(plan))
      expect([jobs.medium, workers.medium]).toEqual(["memory", "memory"]);
  });
});

it("proxy and workers have one opinion of how many jobs a worker with threads does at a time", async () => {
  const text = textOf({ routes: [["a"]], edges: "a @" }).replace('command = ["work"]', 'run = "a.js"\nthreads = 4');
  const topology = await topologyOf(text, { "a.js": "" });
  const options = { placement: "separate", transport: "ipc", workers: new Map() } as const;
  const plan = buildPlan(topology, buildGraph(topology), options);
  expect(stageOf(plan, "a").concurrency).toBe(4);
  expect(nodesOf(plan).at(-1)).toMatchObject({ kind: "worker", threads: 4, concurrency: 4 });
});

describe("groups", () => {
  it("are made by a route whose copies a join gathers, and by no other", async () => {
    const plan = await planOf({ ...EULER6, routes: [["sum", "square"]] });
    const [route] = serverOf(plan).routes;
    expect(stageOf(plan, "difference").join!.groups).toEqual([{ origin: route!.origin, target: HOME, parts: 2 }]);
    const single = await planOf({ routes: [["a"]], edges: "a > b, b @" });
    expect(serverOf(single).routes[0]!.origin).toBeUndefined();
    expect(stageOf(single, "a").copies).toBeUndefined();
  });

  it("of a scatter are named by its origin and its target", async () => {
    const plan = await planOf({
      routes: [["split"]],
      edges: "split ~ work, work > join, join @",
      joins: { join: "work" },
    });
    const [split, work, join] = ["split", "work", "join"].map((name) => stageOf(plan, name));
    expect(join!.join).toEqual({
      sources: ["work"],
      bare: true,
      groups: [{ origin: split!.number, target: work!.number, parts: 0 }],
    });
    expect(split!.edges).toEqual([{ target: work!.number, gathered: true, emptyTo: join!.number }]);
  });

  it("that are empty go to the join that closes them, past the inner ones", async () => {
    const edges = "book ~ page, page ~ line, line > lines, lines > pages, pages @";
    const plan = await planOf({ routes: [["book"]], edges, joins: { lines: "line", pages: "lines" } });
    expect(stageOf(plan, "book").edges[0]!.emptyTo).toBe(stageOf(plan, "pages").number);
    expect(stageOf(plan, "page").edges[0]!.emptyTo).toBe(stageOf(plan, "lines").number);
  });
});

describe("scaling", () => {
  it("is the difference of two plans: the highest numbers come and go", async () => {
    const one = await planOf(EULER6);
    const three = await planOf(EULER6, { workers: new Map([["square", 3]]) });
    expect(diffPlans(one, three).add.map(({ process, node }) => [process, node.name])).toEqual([
      ["square.2", "square.2"],
      ["square.3", "square.3"],
    ]);
    expect(diffPlans(three, one)).toEqual({
      add: [],
      remove: ["square.2", "square.3"].map((node) => ({ process: node, node })),
    });
    expect(diffPlans(three, three)).toEqual({ add: [], remove: [] });
  });

  it("of an inline topology stays in its one process", async () => {
    const one = await planOf(EULER6, { placement: "inline" });
    const two = await planOf(EULER6, { placement: "inline", workers: new Map([["sum", 2]]) });
    expect(diffPlans(one, two).add.map(({ process, node }) => [process, node.name])).toEqual([["all", "sum.2"]]);
  });
});
