import { components, isCyclic, reachable } from "../algorithms.js";
import { entriesOf, stageAdjacency } from "../stages.js";
import type { GraphRule } from "./rule.js";

export const flowRules: readonly GraphRule[] = [
  {
    name: "every stage is reached from a route",
    check: ({ topology, origins }) => {
      const reached = reachable(stageAdjacency(topology), entriesOf(topology));
      return topology.stages
        .filter(({ name }) => !reached.has(name))
        .map((stage) => ({
          ...origins.at(stage),
          message: `no route leads to stage "${stage.name}"`,
          hint: "name it in `to` of a route or of an edge",
        }));
    },
  },
  {
    // Only dead ends are reported: a stage that leads nowhere else but to one of them is mended along with it.
    name: "every stage leads home",
    check: ({ topology, origins }) => {
      const adjacency = stageAdjacency(topology);
      const home = new Set(topology.edges.filter(({ loopback }) => loopback).map(({ from }) => from));
      const deadEnds = components(adjacency)
        .filter((component) => component.length === 1 && !isCyclic(adjacency, component))
        .flat()
        .filter((name) => adjacency.get(name)!.length === 0 && !home.has(name));
      return topology.stages
        .filter(({ name }) => deadEnds.includes(name))
        .map((stage) => ({
          ...origins.at(stage),
          message: `nothing leads on from stage "${stage.name}", so its jobs never get home`,
          hint: `add an edge from "${stage.name}" to "server" with loopback = true`,
        }));
    },
  },
];
