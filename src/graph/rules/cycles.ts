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
  {
    // Along "all" edges every returned value goes round again, whatever else happens to it: also through a join.
    name: "a cycle asks a worker whether to go round again",
    check: ({ topology, origins }) => {
      const adjacency = stageAdjacency(topology, ({ route }) => route === "all");
      return components(adjacency)
        .filter((component) => isCyclic(adjacency, component))
        .map((component) => cycleIn(adjacency, component))
        .map((cycle) => ({
          ...placeOf(cycle, topology, origins),
          message: `the cycle ${cycle.join(" -> ")} never ends: every edge in it is route = "all", so each job goes round for ever`,
          hint: 'make one of its edges route = "choose", so that the worker decides',
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
