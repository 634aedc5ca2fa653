import type { Graph, GraphEdge } from "../types.js";
import { edgeKey, linesOf, NO_NOTES, type Notes } from "./notes.js";

/** A Mermaid flowchart: dotted arrows lead home, thick ones close a cycle; `then` leads to a source that starts after another. */
export function renderMermaid(graph: Graph, notes: Notes = NO_NOTES): string {
  // Ids of their own: a stage may be called `end` or `graph`, which Mermaid takes for its own words.
  const ids = new Map(graph.nodes.map(({ name }, index) => [name, `n${index}`]));
  const nodes = graph.nodes.map((node) => {
    const [open, close] = node.kind === "stage" ? ["[", "]"] : ["([", "])"];
    return `  ${ids.get(node.name)}${open}"${linesOf(node, notes).join("<br/>")}"${close}`;
  });
  const edges = graph.edges
    .filter(({ from, to }) => ids.has(from) && ids.has(to))
    .map((edge) => `  ${ids.get(edge.from)} ${arrowOf(edge)}${textOf(edge, notes)} ${ids.get(edge.to)}`);
  const order = graph.after.map(({ from, to }) => `  ${ids.get(from)} -.->|then| ${ids.get(to)}`);
  const hot = notes.bottleneck === undefined ? undefined : ids.get(notes.bottleneck);
  const mark = hot === undefined ? [] : ["  classDef hot stroke:#d1480f,stroke-width:3px", `  class ${hot} hot`];
  return ["flowchart LR", ...nodes, ...edges, ...order, ...mark].join("\n");
}

function arrowOf({ kind, back }: GraphEdge): string {
  if (kind === "loopback") return "-.->";
  return back ? "==>" : "-->";
}

function textOf(edge: GraphEdge, { edges }: Notes): string {
  const words = [...(edge.kind === "choose" ? ["choose"] : []), edges.get(edgeKey(edge))?.text ?? []].flat();
  // A slash opens another shape where Mermaid sees no quotes.
  return words.length === 0 ? "" : edges.size === 0 ? `|${words.join(" ")}|` : `|"${words.join(" ")}"|`;
}
