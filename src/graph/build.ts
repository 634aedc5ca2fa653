import { type Edge, SERVER, type Topology } from "../topology/types.js";
import { components } from "./algorithms.js";
import { findJoins } from "./joins.js";
import { entriesOf, stageAdjacency } from "./stages.js";
import type { Graph, GraphEdge, GraphNode } from "./types.js";

/** The graph of a topology. Nodes: the server, then the stages breadth first from the routes, ties in file order. */
export function buildGraph(topology: Topology): Graph {
  const order = orderOf(topology);
  const stages = new Map(topology.stages.map((stage) => [stage.name, stage]));
  const nodes = order.map((name): GraphNode => ({ name, kind: "stage", workers: stages.get(name)!.workers.initial }));
  const server: GraphNode = { name: SERVER, kind: "server", workers: 0 };
  return {
    name: topology.name,
    nodes: topology.server === undefined ? nodes : [server, ...nodes],
    edges: edgesOf(topology, order),
    joins: findJoins(topology, order),
  };
}

/** Breadth first; a stage that nothing leads to comes last. */
function orderOf(topology: Topology): readonly string[] {
  const adjacency = stageAdjacency(topology);
  const names = [...adjacency.keys()];
  const order = new Set<string>();
  for (let layer = new Set(entriesOf(topology)); layer.size > 0; ) {
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
  const entries = [...entriesOf(topology)].sort((a, b) => rank.get(a)! - rank.get(b)!);

  return [
    ...entries.map((to): GraphEdge => ({ from: SERVER, to, kind: "entry", back: false })),
    ...topology.edges.map((edge): GraphEdge => {
      const { from, to } = edge;
      return edge.loopback
        ? { from, to, kind: "loopback", back: false }
        : { from, to, kind: edge.route, back: isBack(edge) };
    }),
  ];
}
