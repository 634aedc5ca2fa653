import { SERVER, type Topology } from "../../topology/types.js";
import { components, isCyclic, reachable } from "../algorithms.js";
import { entryStages, stageAdjacency } from "../stages.js";
import type { GraphRule } from "./rule.js";

export const flowRules: readonly GraphRule[] = [
  {
    name: "every stage is reached from an entry",
    check: ({ topology, origins }) => {
      const reached = reachable(stageAdjacency(topology), entryStages(topology));
      return topology.stages
        .filter(({ name }) => !reached.has(name))
        .map((stage) => ({
          ...origins.at(stage),
          message: `no ${entryKinds(topology)} leads to ${stage.role} "${stage.name}"`,
          hint: `name it in \`to\` of a ${entryKinds(topology)} or of an edge`,
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
        .filter(({ name, role }) => role === "stage" && deadEnds.includes(name))
        .map((stage) => ({
          ...origins.at(stage),
          message: `nothing leads on from stage "${stage.name}", so its jobs never get home`,
          hint: wayHome(stage.name, topology),
        }));
    },
  },
];

function entryKinds({ server, sources }: Topology): string {
  if (sources.length === 0) return "route";
  return server === undefined ? "source" : "route or source";
}

function wayHome(stage: string, { server, stages }: Topology): string {
  const sink = stages.find(({ role }) => role === "sink");
  if (server === undefined)
    return `add an edge from "${stage}" to a sink, such as ${sink ? `"${sink.name}"` : "[sinks.out]"}`;
  return `add an edge from "${stage}" to "${SERVER}" with loopback = true`;
}
