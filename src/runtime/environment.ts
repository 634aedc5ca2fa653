import type { NodePlan } from "../plan/types.js";

/** What the stages add to the environment of a process. Of several nodes in one, merged: a process has only one. */
export function environmentOf(nodes: readonly NodePlan[]): Record<string, string> {
  return Object.assign({}, ...nodes.map((node) => (node.kind === "worker" ? node.env : {})));
}
