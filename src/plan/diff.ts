import type { NodePlan, Plan } from "./types.js";

export interface PlanDiff {
  readonly add: readonly { readonly process: string; readonly node: NodePlan }[];
  readonly remove: readonly { readonly process: string; readonly node: string }[];
}

/** What must start and what must retire to get from one plan to another of the same topology: this is what scaling is. */
export function diffPlans(before: Plan, after: Plan): PlanDiff {
  const old = nodesOf(before);
  const wanted = nodesOf(after);
  return {
    add: [...wanted.values()].filter(({ node }) => !old.has(node.name)),
    remove: [...old.values()]
      .filter(({ node }) => !wanted.has(node.name))
      .map(({ process, node }) => ({ process, node: node.name })),
  };
}

function nodesOf(plan: Plan): Map<string, { process: string; node: NodePlan }> {
  const nodes = plan.processes.flatMap((process) => process.nodes.map((node) => ({ process: process.name, node })));
  return new Map(nodes.map((entry) => [entry.node.name, entry]));
}
