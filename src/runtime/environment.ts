import type { NodePlan } from "../plan/types.js";

/** What the topology adds to the environment of a process. Of several nodes in one, merged: a process has only one. */
export function environmentOf(nodes: readonly NodePlan[]): Record<string, string> {
  return Object.assign({}, ...nodes.map(envOf));
}

function envOf(node: NodePlan): Readonly<Record<string, string>> {
  if (node.kind === "worker") return node.env;
  return node.kind === "source" ? node.source.env : {};
}
