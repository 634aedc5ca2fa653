import type { Graph } from "../types.js";

/** The graph as one JSON object: name, nodes, edges, joins, after. */
export function renderJson({ name, nodes, edges, joins, after }: Graph): string {
  return JSON.stringify({ name, nodes, edges, joins, after }, null, 2);
}
