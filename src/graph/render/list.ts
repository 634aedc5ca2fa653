import { unreachable } from "../../errors.js";
import type { Graph, GraphEdge } from "../types.js";
import { labelOf } from "./label.js";
import { edgeKey, NO_NOTES, type Notes } from "./notes.js";

/** One line a node: where it leads, and how; what is noted of it goes before. */
export function renderList(graph: Graph, notes: Notes = NO_NOTES): readonly string[] {
  const width = widest(graph.nodes.map(labelOf));
  const remarks = graph.nodes.map(({ name }) =>
    [...(notes.nodes.get(name) ?? []), ...(notes.bottleneck === name ? ["▲ bottleneck"] : [])].join(", "),
  );
  const remarkWidth = widest(remarks);
  return graph.nodes.map((node, index) => {
    const own = graph.edges.filter(({ from }) => from === node.name);
    const targets = own.map((edge) => [arrowTo(edge), notes.edges.get(edgeKey(edge))?.text ?? ""].join(" ").trimEnd());
    const before = graph.after.filter(({ to }) => to === node.name).map(({ from }) => from);
    const order = before.length === 0 ? [] : [`(after ${before.join(", ")})`];
    const remark = remarkWidth === 0 ? "" : `${remarks[index]!.padEnd(remarkWidth)}  `;
    return `${labelOf(node).padEnd(width)}  ${remark}${[...targets, ...order].join("  ")}`.trimEnd();
  });
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}

const LEGEND: Readonly<Record<"all" | "choose" | "loopback" | "back", string>> = {
  all: "→ every value",
  choose: "⇢ if the worker chooses",
  loopback: "↩ home",
  back: "↺ round again",
};

/** The signs that a graph uses, explained. */
export function legendOf(graph: Graph): string {
  const used = new Set(
    graph.edges.flatMap(({ kind, back }) => [kind === "entry" ? "all" : kind, ...(back ? ["back" as const] : [])]),
  );
  return (Object.keys(LEGEND) as (keyof typeof LEGEND)[])
    .filter((sign) => used.has(sign))
    .map((sign) => LEGEND[sign])
    .join("   ");
}

function arrowTo({ kind, to, back }: GraphEdge): string {
  const round = back ? " ↺" : "";
  switch (kind) {
    case "entry":
    case "all":
      return `→ ${to}${round}`;
    case "choose":
      return `⇢ ${to}${round}`;
    case "loopback":
      return `↩ ${to}`;
    default:
      return unreachable(kind);
  }
}
