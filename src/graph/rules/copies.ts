import type { Problem } from "../../topology/problem.js";
import type { Topology } from "../../topology/types.js";
import { components, cycleIn, isCyclic, reachable } from "../algorithms.js";
import { stageAdjacency } from "../stages.js";
import type { GraphJoin } from "../types.js";
import { soundJoins } from "./joins.js";
import type { GraphRule } from "./rule.js";

/** What holds of stages of which every worker gets a copy of each job. */
export const copyRules: readonly GraphRule[] = [
  {
    name: "what is delivered to all does not come round again",
    check: ({ topology, origins }) => {
      const adjacency = stageAdjacency(topology);
      const cycles = components(adjacency).filter((component) => isCyclic(adjacency, component));
      return deliveringToAll(topology).flatMap((stage): readonly Problem[] => {
        const cycle = cycles.find((component) => component.includes(stage.name));
        if (cycle === undefined) return [];
        const round = cycleIn(adjacency, [stage.name, ...cycle.filter((name) => name !== stage.name)]);
        return [
          {
            ...origins.at(stage, "deliver"),
            message: `stage "${stage.name}" delivers to all, but is part of the cycle ${round.join(" -> ")}: with each round its jobs would multiply`,
            hint: "lead the cycle past it, or leave out deliver",
          },
        ];
      });
    },
  },
  {
    // The join would take the part of the second worker for a duplicate of the first one's.
    name: "no join waits for one part of what is delivered to all",
    check: (input) =>
      deliveringToAll(input.topology).flatMap((stage) =>
        soundJoins(input)
          .filter((join) => getsSeveralParts(stage.name, join, input.topology))
          .map((join) => ({
            ...input.origins.at(stage, "deliver"),
            message: `stage "${stage.name}" delivers to all, so join "${join.stage}" would get several parts from it, but expects one`,
            hint: `deliver to all beyond the join, or let "${stage.name}" scatter to a join of its own first`,
          })),
      ),
  },
];

function deliveringToAll({ stages }: Topology) {
  return stages.filter(({ role, deliver }) => role === "stage" && deliver === "all");
}

/** What it gathers is scattered before the stage, comes through it, and is not scattered anew after that. */
function getsSeveralParts(stage: string, { stage: join, groups }: GraphJoin, topology: Topology): boolean {
  if (stage === join || groups.length === 0) return false;
  const adjacency = stageAdjacency(topology);
  if (!reachable(adjacency, [stage]).has(join)) return false;
  const beyond = reachable(adjacency, [stage], join);
  return !groups.some(({ origin }) => "stage" in origin && beyond.has(origin.stage));
}
