import type { GraphNode } from "../types.js";

/** `square ×2`; the server has no count. */
export function labelOf(node: GraphNode): string {
  return node.kind === "stage" ? `${node.name} ×${node.workers}` : node.name;
}
