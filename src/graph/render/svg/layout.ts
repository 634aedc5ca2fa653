import { Graph as DagreGraph, type EdgeLabel, type GraphLabel, layout, type NodeLabel } from "@dagrejs/dagre";
import type { Graph, GraphEdge, GraphNode } from "../../types.js";
import { edgeKey, linesOf, type Notes } from "../notes.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedNode extends Point {
  readonly node: GraphNode;
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  /** From the border of its origin to that of its target. */
  readonly points: readonly Point[];
  /** The middle of its text. */
  readonly label: (Point & { readonly text: string; readonly width: number }) | undefined;
  /** As in its note; 0 without one. */
  readonly share: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Of a monospaced font: the width of a character is 0.6 of its size on every system. */
const NAME_CHAR = 7.8;
const LINE_CHAR = 6.6;
const NAME_HEIGHT = 20;
export const LINE_HEIGHT = 15;
const PADDING_X = 14;
const PADDING_Y = 8;

/** Above the box of a node that leads to itself. */
const LOOP_HEIGHT = 44;

type Dagre = DagreGraph<GraphLabel, NodeLabel, EdgeLabel>;

/** Places the nodes from left to right: pixels, the origin at the top left. */
export function layOut(graph: Graph, notes: Notes): Layout {
  const dagre: Dagre = new DagreGraph({ multigraph: true });
  dagre.setGraph({ rankdir: "LR", nodesep: 28, edgesep: 18, ranksep: 56 });
  const names = new Set(graph.nodes.map(({ name }) => name));
  const edges = graph.edges.filter(({ from, to }) => names.has(from) && names.has(to));
  const loops = new Set(edges.filter(isLoop).map(({ from }) => from));
  for (const node of graph.nodes) {
    const { width, height } = sizeOf(linesOf(node, notes));
    dagre.setNode(node.name, { width, height: height + (loops.has(node.name) ? LOOP_HEIGHT : 0) });
  }
  for (const [index, edge] of edges.entries()) {
    if (isLoop(edge)) continue;
    const [tail, head] = endsOf(edge);
    const text = notes.edges.get(edgeKey(edge))?.text;
    const label = text === undefined ? {} : { width: widthOf(text), height: LINE_HEIGHT, labelpos: "c" as const };
    dagre.setEdge(tail, head, { weight: isBackward(edge) ? 1 : 2, ...label }, String(index));
  }
  layout(dagre);
  const nodes = graph.nodes.map((node): PlacedNode => {
    const { x = 0, y = 0, width, height } = dagre.node(node.name);
    const loop = loops.has(node.name) ? LOOP_HEIGHT : 0;
    return { node, lines: linesOf(node, notes), x, y: y + loop / 2, width, height: height - loop };
  });
  const placed = edges.map((edge, index) => {
    const note = notes.edges.get(edgeKey(edge));
    const own = nodes.find(({ node }) => node.name === edge.from)!;
    const { points, x, y } = isLoop(edge) ? loopAt(own) : touching(wayOf(edge, dagre, index), edge, nodes);
    const label = note && { x, y, width: widthOf(note.text), text: note.text };
    return { edge, points, label, share: note?.share ?? 0 };
  });
  const corners = [
    ...nodes.map(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 })),
    ...placed.flatMap(({ points }) => points),
  ];
  return {
    width: Math.max(...corners.map(({ x }) => x), 0),
    height: Math.max(...corners.map(({ y }) => y), 0),
    nodes,
    edges: placed,
  };
}

interface Way extends Point {
  readonly points: readonly Point[];
}

function wayOf(edge: GraphEdge, dagre: Dagre, index: number): Way {
  const { points = [], x = 0, y = 0 } = dagre.edge(...endsOf(edge), String(index));
  return { points: isBackward(edge) ? [...points].reverse() : points, x, y };
}

/** The box of a node with a loop is smaller than what the layout kept free for both: the ends are moved to the box. */
function touching(way: Way, { from, to }: GraphEdge, nodes: readonly PlacedNode[]): Way {
  const at = (name: string, point: Point): Point => {
    const { y, height } = nodes.find(({ node }) => node.name === name)!;
    const reach = height / 2 - PADDING_Y;
    const isBeside = Math.abs(point.y - y) <= height / 2;
    return isBeside ? point : { x: point.x, y: Math.min(Math.max(point.y, y - reach), y + reach) };
  };
  const last = way.points.length - 1;
  const points = way.points.map((point, i) => (i === 0 ? at(from, point) : i === last ? at(to, point) : point));
  return { ...way, points };
}

/** Out of the top of the box and into it again. */
function loopAt({ x, y, width, height }: PlacedNode): Way {
  const [top, reach] = [y - height / 2, Math.min(width / 4, 28)];
  const above = top - 28;
  const points = [
    { x: x + reach, y: top },
    { x: x + reach + 8, y: above },
    { x: x - reach - 8, y: above },
    { x: x - reach, y: top },
  ];
  return { points, x, y: above - LINE_HEIGHT / 2 - 2 };
}

/** What leads back is given to the layout the other way round, so that nodes stand in the order in which jobs meet them. */
function endsOf(edge: GraphEdge): readonly [tail: string, head: string] {
  return isBackward(edge) ? [edge.to, edge.from] : [edge.from, edge.to];
}

function isBackward({ kind, back }: GraphEdge): boolean {
  return kind === "loopback" || back;
}

function isLoop({ from, to }: GraphEdge): boolean {
  return from === to;
}

function sizeOf([name = "", ...lines]: readonly string[]): { readonly width: number; readonly height: number } {
  const inner = Math.max(name.length * NAME_CHAR, ...lines.map((line) => line.length * LINE_CHAR));
  return {
    width: Math.max(72, Math.ceil(inner) + 2 * PADDING_X),
    height: NAME_HEIGHT + lines.length * LINE_HEIGHT + 2 * PADDING_Y,
  };
}

function widthOf(text: string): number {
  return text.length * LINE_CHAR + 8;
}
