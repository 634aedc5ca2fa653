import type { Graph, GraphEdge } from "../types.js";
import { edgeKey, linesOf, NO_NOTES, type Notes } from "./notes.js";

/**
 * Graphviz: dotted edges lead home, bold ones close a cycle, dashed ones are chosen by the worker; grey ones lead from a
 * source to one that starts after it.
 */
export function renderDot(graph: Graph, notes: Notes = NO_NOTES): string {
  const nodes = graph.nodes.map((node) => {
    const hot = notes.bottleneck === node.name ? ", color=orangered, penwidth=3" : "";
    const shape = node.kind === "stage" ? "box" : "oval";
    return `  ${quote(node.name)} [label=${quote(...linesOf(node, notes))}, shape=${shape}${hot}];`;
  });
  const edges = graph.edges.map((edge) => `  ${quote(edge.from)} -> ${quote(edge.to)}${attributesOf(edge, notes)};`);
  const order = graph.after.map(
    ({ from, to }) => `  ${quote(from)} -> ${quote(to)} [label="then", color=gray, fontcolor=gray, constraint=false];`,
  );
  return [`digraph ${quote(graph.name)} {`, "  rankdir=LR;", ...nodes, ...edges, ...order, "}"].join("\n");
}

function attributesOf(edge: GraphEdge, notes: Notes): string {
  const { kind, back } = edge;
  const styles = [kind === "loopback" ? "dotted" : "", kind === "choose" ? "dashed" : "", back ? "bold" : ""].filter(
    Boolean,
  );
  const note = notes.edges.get(edgeKey(edge));
  const attributes = [
    ...(note === undefined ? [] : [`label=${quote(note.text)}`]),
    ...(styles.length > 0 ? [`style=${quote(styles.join(","))}`] : []),
    // Else an edge back to the left would pull its target to the right of its origin.
    ...(kind === "loopback" || back ? ["constraint=false"] : []),
  ];
  return attributes.length === 0 ? "" : ` [${attributes.join(", ")}]`;
}

/** Lines of one text. */
function quote(...lines: readonly string[]): string {
  return `"${lines.map((line) => line.replace(/["\\]/g, "\\$&")).join("\\n")}"`;
}
