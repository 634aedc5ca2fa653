import { entriesOf } from "../topology/entries.js";
import type { Edge, Topology } from "../topology/types.js";
import { type Adjacency, adjacencyOf } from "./algorithms.js";

/** Where the edges between stages lead; loopbacks are not among them. */
export function stageAdjacency(topology: Topology, filter: (edge: Edge) => boolean = () => true): Adjacency {
  return adjacencyOf(
    topology.stages.map(({ name }) => name),
    topology.edges.filter((edge) => !edge.loopback && filter(edge)),
  );
}

/** The stages that routes and sources name, each once. */
export function entryStages(topology: Topology): readonly string[] {
  return [...new Set(entriesOf(topology).flatMap(({ to }) => to))];
}
