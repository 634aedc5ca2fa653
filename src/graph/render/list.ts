import { unreachable } from "../../errors.js";
import type { Graph, GraphEdge } from "../types.js";
import { labelOf } from "./label.js";

/** One line a node: where it leads, and how. */
export function renderList(graph: Graph): readonly string[] {
  const width = Math.max(...graph.nodes.map((node) => labelOf(node).length));
  return graph.nodes.map((node) => {
    const targets = graph.edges.filter(({ from }) => from === node.name).map(arrowTo);
    return `${labelOf(node).padEnd(width)}  ${targets.join("  ")}`.trimEnd();
  });
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
