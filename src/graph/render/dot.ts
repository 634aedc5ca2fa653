import type { Graph, GraphEdge } from "../types.js";
import { labelOf } from "./label.js";

/** Graphviz: dotted edges lead home, bold ones close a cycle, dashed ones are chosen by the worker. */
export function renderDot(graph: Graph): string {
  const nodes = graph.nodes.map(
    (node) => `  ${quote(node.name)} [label=${quote(labelOf(node))}, shape=${node.kind === "stage" ? "box" : "oval"}];`,
  );
  const edges = graph.edges.map((edge) => `  ${quote(edge.from)} -> ${quote(edge.to)}${attributesOf(edge)};`);
  return [`digraph ${quote(graph.name)} {`, "  rankdir=LR;", ...nodes, ...edges, "}"].join("\n");
}

function attributesOf({ kind, back }: GraphEdge): string {
  const styles = [kind === "loopback" ? "dotted" : "", kind === "choose" ? "dashed" : "", back ? "bold" : ""].filter(
    Boolean,
  );
  const attributes = [
    ...(styles.length > 0 ? [`style=${quote(styles.join(","))}`] : []),
    // Else an edge back to the left would pull its target to the right of its origin.
    ...(kind === "loopback" || back ? ["constraint=false"] : []),
  ];
  return attributes.length === 0 ? "" : ` [${attributes.join(", ")}]`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
