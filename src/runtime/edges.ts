import type { Graph } from "../graph/types.js";
import type { EdgeSnapshot } from "../metrics/snapshot.js";
import type { NodeStats, SentStats } from "../plan/child.js";
import { ownersOf } from "../plan/context.js";
import type { Topology } from "../topology/types.js";

/** The names behind the numbers by which nodes count what they send. */
export interface NodeNames {
  readonly stages: readonly string[];
  readonly owners: readonly string[];
}

export function nodeNamesOf(topology: Topology): NodeNames {
  return { stages: topology.stages.map(({ name }) => name), owners: ownersOf({ topology }) };
}

/** Enters what a node has sent along each edge, as a counter of the edge. */
export function enterSent(stats: NodeStats, names: NodeNames, enter: (name: string, value: number) => void): void {
  const enterAll = (from: string, { stages, owners }: SentStats) => {
    for (const [number, count] of stages.entries()) enter(edgeCounter(from, names.stages[number]!), count);
    for (const [number, count] of owners.entries()) enter(edgeCounter(from, names.owners[number]!), count);
  };
  if (stats.kind === "server" || stats.kind === "source") enterAll(stats.node, stats.sent);
  else if (stats.kind === "proxy") for (const { stage, sent } of stats.stages) enterAll(stage, sent);
}

interface Counted {
  readonly counters: ReadonlyMap<string, number>;
  readonly perSecond: (counter: string) => number;
}

/**
 * Every edge of the graph, and then the ways home that nobody declared and that something has gone: an error or an early
 * answer goes home from any stage.
 */
export function edgesOf(view: Counted, graph: Graph, names: NodeNames): readonly EdgeSnapshot[] {
  const known = new Set(graph.edges.map(({ from, to }) => edgeCounter(from, to)));
  const others = names.stages
    .flatMap((from) => names.owners.map((to) => ({ from, to, loopback: true, chosen: false, cycle: false })))
    .filter(({ from, to }) => !known.has(edgeCounter(from, to)) && view.counters.get(edgeCounter(from, to)));
  const declared = graph.edges.map(({ from, to, kind, back }) => ({
    from,
    to,
    loopback: kind === "loopback",
    chosen: kind === "choose",
    cycle: back,
  }));
  return [...declared, ...others].map((edge) => {
    const counter = edgeCounter(edge.from, edge.to);
    const perSecond = Math.round(view.perSecond(counter) * 10) / 10;
    return { ...edge, count: view.counters.get(counter) ?? 0, perSecond };
  });
}

/** The spaces keep it apart from every other counter of the node, and names have none. */
function edgeCounter(from: string, to: string): string {
  return `${from}/to ${to}`;
}
