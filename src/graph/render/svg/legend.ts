import type { Graph, GraphEdge } from "../../types.js";

export interface LegendItem {
  readonly x: number;
  readonly edge: Pick<GraphEdge, "kind" | "back">;
  readonly label: string;
}

const CHAR = 6.6;
const SAMPLE = 38;
const GAP = 24;

const KINDS: readonly Omit<LegendItem, "x">[] = [
  { edge: { kind: "all", back: false }, label: "every value" },
  { edge: { kind: "choose", back: false }, label: "if the worker chooses" },
  { edge: { kind: "all", back: true }, label: "round again" },
  { edge: { kind: "loopback", back: false }, label: "home" },
];

/** The kinds of line that a graph uses, explained side by side. */
export function legendOf(graph: Graph): { readonly width: number; readonly items: readonly LegendItem[] } {
  const uses: readonly boolean[] = [
    graph.edges.some(({ kind, back }) => (kind === "all" || kind === "entry") && !back),
    graph.edges.some(({ kind }) => kind === "choose"),
    graph.edges.some(({ back }) => back),
    graph.edges.some(({ kind }) => kind === "loopback"),
  ];
  const items: LegendItem[] = [];
  let x = 0;
  for (const item of KINDS.filter((_, index) => uses[index])) {
    items.push({ x, ...item });
    x += SAMPLE + item.label.length * CHAR + GAP;
  }
  return { width: Math.max(x - GAP, 0), items };
}
