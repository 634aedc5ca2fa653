import type { Draft } from "../topology/draft.js";
import type { Problem } from "../topology/problem.js";
import type { Topology } from "../topology/types.js";
import { buildGraph } from "./build.js";
import { copyRules } from "./rules/copies.js";
import { cycleRules } from "./rules/cycles.js";
import { flowRules } from "./rules/flow.js";
import { joinRules } from "./rules/joins.js";
import type { GraphRule } from "./rules/rule.js";

/** What the graph of a topology must fulfil, in the order in which it is checked. */
export const graphRules: readonly GraphRule[] = [...flowRules, ...cycleRules, ...joinRules, ...copyRules];

/** The problems of a draft's graph. Silent while the draft leaves in doubt what the graph is. */
export function checkGraph(draft: Draft): readonly Problem[] {
  const { topology, origins, problems } = draft;
  if (!draft.complete || problems.some((problem) => hidesShape(problem, topology))) return [];
  const input = { topology, origins, graph: buildGraph(topology) };
  return graphRules.flatMap((rule) => rule.check(input));
}

/** Whether a node or an edge may be missing or wrong because of a problem: its consequences would only confuse. */
function hidesShape({ path, at }: Problem, topology: Topology): boolean {
  const [table, name, , key] = path;
  switch (table) {
    case "edges":
      return true;
    case "sources":
      return path.length < 3 || at === "key" || key === "to" || path[2] === "to";
    case "stages":
    case "sinks":
      return (
        path[2] === "join" ||
        (path.length === 2 && at === "key") ||
        !topology.stages.some((stage) => stage.name === name)
      );
    case "server":
      return path.length === 1 || at === "key" || (name === "routes" && (path.length < 4 || key === "to"));
    case "proxies":
      return false;
    default:
      // Nothing enters, or there are no stages; all else at the top level is settings.
      return path.length === 0;
  }
}
