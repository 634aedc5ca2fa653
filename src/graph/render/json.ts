import type { Graph } from "../types.js";

/** The graph as one JSON object: name, nodes, edges, joins. */
export function renderJson({ name, nodes, edges, joins }: Graph): string {
  return JSON.stringify({ name, nodes, edges, joins }, null, 2);
}
