import type { GraphNode } from "../types.js";

/** `square ×2`; only stages have a count. */
export function labelOf(node: GraphNode): string {
  return node.kind === "stage" ? `${node.name} ×${node.workers}` : node.name;
}
