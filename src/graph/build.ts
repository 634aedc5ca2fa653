import { entriesOf } from "../topology/entries.js";
import { type Edge, SERVER, type Topology } from "../topology/types.js";
import { components } from "./algorithms.js";
import { findJoins } from "./joins.js";
import { entryStages, stageAdjacency } from "./stages.js";
import type { Graph, GraphEdge, GraphNode } from "./types.js";

/** The graph of a topology. Nodes: the owners, then the stages breadth first from the entries, ties in file order. */
export function buildGraph(topology: Topology): Graph {
  const order = orderOf(topology);
  const stages = new Map(topology.stages.map((stage) => [stage.name, stage]));
  const nodes = order.map((name): GraphNode => {
    const { role, workers } = stages.get(name)!;
    return { name, kind: role, workers: role === "sink" ? 0 : workers.initial };
  });
  const server: readonly GraphNode[] = topology.server ? [{ name: SERVER, kind: "server", workers: 0 }] : [];
  const sources = topology.sources.map(({ name }): GraphNode => ({ name, kind: "source", workers: 0 }));
  return {
    name: topology.name,
    nodes: [...server, ...sources, ...nodes],
    edges: edgesOf(topology, order),
    joins: findJoins(topology, order),
    after: topology.sources.flatMap(({ name, after }) => after.map((from) => ({ from, to: name }))),
  };
}

/** Breadth first; a stage that nothing leads to comes last. */
function orderOf(topology: Topology): readonly string[] {
  const adjacency = stageAdjacency(topology);
  const names = [...adjacency.keys()];
  const order = new Set<string>();
  for (let layer = new Set(entryStages(topology)); layer.size > 0; ) {
    const fresh = names.filter((name) => layer.has(name) && !order.has(name));
    for (const name of fresh) order.add(name);
    layer = new Set(fresh.flatMap((name) => adjacency.get(name)!));
  }
  return [...new Set([...order, ...names])];
}

function edgesOf(topology: Topology, order: readonly string[]): readonly GraphEdge[] {
  const rank = new Map(order.map((name, index) => [name, index]));
  const componentOf = new Map(
    components(stageAdjacency(topology)).flatMap((component, index) => component.map((name) => [name, index] as const)),
  );
  // An edge to an earlier node need not close a cycle: it may come from a branch of its own.
  const isBack = ({ from, to }: Edge): boolean =>
    rank.get(to)! <= rank.get(from)! && componentOf.get(from) === componentOf.get(to);
  const entries = new Map(
    entriesOf(topology).flatMap(({ owner, to }) =>
      to.map((stage) => [`${owner} ${stage}`, { from: owner, to: stage }]),
    ),
  );
  const owners = [SERVER, ...topology.sources.map(({ name }) => name)];
  const sorted = [...entries.values()].sort(
    (a, b) => owners.indexOf(a.from) - owners.indexOf(b.from) || rank.get(a.to)! - rank.get(b.to)!,
  );

  return [
    ...sorted.map((edge): GraphEdge => ({ ...edge, kind: "entry", back: false })),
    ...topology.edges.map((edge): GraphEdge => {
      const { from, to } = edge;
      return edge.loopback
        ? { from, to, kind: "loopback", back: false }
        : { from, to, kind: edge.route, back: isBack(edge) };
    }),
  ];
}
