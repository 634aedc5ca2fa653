import type { Origins } from "../../topology/origins.js";
import type { Place } from "../../topology/problem.js";
import type { Topology } from "../../topology/types.js";
import { components, cycleIn, isCyclic } from "../algorithms.js";
import { stageAdjacency } from "../stages.js";
import type { GraphRule } from "./rule.js";

export const cycleRules: readonly GraphRule[] = [
  {
    name: "a cycle has a way out",
    check: ({ topology, origins }) => {
      const adjacency = stageAdjacency(topology);
      return components(adjacency)
        .filter((component) => isCyclic(adjacency, component))
        .filter(
          (component) => !topology.edges.some(({ from, to }) => component.includes(from) && !component.includes(to)),
        )
        .map((component) => cycleIn(adjacency, component))
        .map((cycle) => ({
          ...placeOf(cycle, topology, origins),
          message: `the cycle ${cycle.join(" -> ")} has no way out`,
          hint: "add an edge that leaves it, or a loopback edge from one of its stages",
        }));
    },
  },
];

/** The edge that closes the cycle: its last. */
function placeOf(cycle: readonly string[], topology: Topology, origins: Origins): Place {
  const [from, to] = cycle.slice(-2);
  const edge = topology.edges.find((it) => it.from === from && it.to === to)!;
  return origins.end(edge, "to");
}
