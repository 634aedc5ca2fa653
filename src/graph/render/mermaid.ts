import { unreachable } from "../../errors.js";
import type { Graph, GraphEdge } from "../types.js";
import { labelOf } from "./label.js";

/** A Mermaid flowchart: dotted arrows lead home, thick ones close a cycle. */
export function renderMermaid(graph: Graph): string {
  // Ids of their own: a stage may be called `end` or `graph`, which Mermaid takes for its own words.
  const ids = new Map(graph.nodes.map(({ name }, index) => [name, `n${index}`]));
  const nodes = graph.nodes.map((node) => {
    const [open, close] = node.kind === "stage" ? ["[", "]"] : ["([", "])"];
    return `  ${ids.get(node.name)}${open}"${labelOf(node)}"${close}`;
  });
  const edges = graph.edges
    .filter(({ from, to }) => ids.has(from) && ids.has(to))
    .map((edge) => `  ${ids.get(edge.from)} ${arrowOf(edge)} ${ids.get(edge.to)}`);
  return ["flowchart LR", ...nodes, ...edges].join("\n");
}

function arrowOf({ kind, back }: GraphEdge): string {
  switch (kind) {
    case "entry":
      return "-->";
    case "loopback":
      return "-.->";
    case "all":
      return back ? "==>" : "-->";
    case "choose":
      return back ? "==>|choose|" : "-->|choose|";
    default:
      return unreachable(kind);
  }
}
