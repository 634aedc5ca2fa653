import type { Graph, GraphEdge } from "../../types.js";
import { escapeMarkup } from "../escape.js";
import { NO_NOTES, type Notes } from "../notes.js";
import { LINE_HEIGHT, layOut, type PlacedEdge, type PlacedNode, type Point } from "./layout.js";
import { legendOf } from "./legend.js";
import { STYLE } from "./style.js";

const MARGIN = 24;
const TITLE_HEIGHT = 34;
const LEGEND_HEIGHT = 40;

/** A picture that stands alone: it has a background of its own, follows the reader's light or dark scheme, and no scripts. */
export function renderSvg(graph: Graph, notes: Notes = NO_NOTES, title: string = graph.name): string {
  const { width: inner, height: innerHeight, nodes, edges } = layOut(graph, notes);
  const legend = legendOf(graph);
  const width = Math.ceil(Math.max(inner, legend.width, title.length * 8.4) + 2 * MARGIN);
  const height = Math.ceil(innerHeight + TITLE_HEIGHT + LEGEND_HEIGHT + 2 * MARGIN);
  const left = round((width - inner) / 2);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<defs>${["plain", "cycle", "home"].map(arrowHead).join("")}</defs>`,
    `<rect class="page" width="${width}" height="${height}" rx="10"/>`,
    text("title", MARGIN, MARGIN + 12, title),
    `<g transform="translate(${left} ${MARGIN + TITLE_HEIGHT})">`,
    ...edges.map(drawEdge),
    ...nodes.map((node) => drawNode(node, notes.bottleneck === node.node.name)),
    // Above all lines: a text that a line runs through cannot be read.
    ...edges.map(drawLabel),
    "</g>",
    `<g transform="translate(${MARGIN} ${height - MARGIN})">`,
    ...legend.items.flatMap(({ x, edge, label }) => [
      line(edge, `M${round(x)} -4 L${round(x + 30)} -4`, 1.5),
      text("legend", x + 38, 0, label),
    ]),
    "</g>",
    "</svg>",
  ].join("\n");
}

function drawNode({ node, lines, x, y, width, height }: PlacedNode, hot: boolean): string {
  const [name = "", ...rest] = lines;
  const [left, top] = [round(x - width / 2), round(y - height / 2)];
  const corner = node.kind === "stage" ? 7 : Math.min(height / 2, 18);
  const first = round(y - (rest.length * LINE_HEIGHT) / 2 + 5);
  return [
    `<g class="${node.kind === "stage" ? "stage" : "end"}${hot ? " hot" : ""}">`,
    `<rect class="box" x="${left}" y="${top}" width="${round(width)}" height="${round(height)}" rx="${corner}"/>`,
    text("name", x, first, name, "middle"),
    ...rest.map((each, index) => text("line", x, first + 2 + (index + 1) * LINE_HEIGHT, each, "middle")),
    "</g>",
  ].join("");
}

function drawEdge({ edge, points, share }: PlacedEdge): string {
  return line(edge, curve(points), round(1.5 + 2.5 * share));
}

function drawLabel({ label }: PlacedEdge): string {
  if (label === undefined) return "";
  const { x, y, width, text: content } = label;
  const back = `<rect class="page" x="${round(x - width / 2)}" y="${round(y - 8)}" width="${round(width)}" height="16" rx="4"/>`;
  return back + text("rate", x, y + 4, content, "middle");
}

function line(edge: Pick<GraphEdge, "kind" | "back">, path: string, width: number): string {
  const look = edge.kind === "loopback" ? "home" : edge.back ? "cycle" : "plain";
  const classes = ["edge", look, ...(edge.kind === "choose" ? ["choose"] : [])].join(" ");
  return `<path class="${classes}" d="${path}" stroke-width="${width}" marker-end="url(#head-${look})"/>`;
}

/** Straight out of its origin and into its target, and round the corners between. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const parts = [`M${at(first)}`];
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1];
    if (next === undefined) parts.push(`L${at(point)}`);
    else if (index === 0) parts.push(`L${at(middle(first, point))}`, `Q${at(point)} ${at(middle(point, next))}`);
    else parts.push(`Q${at(point)} ${at(middle(point, next))}`);
  }
  return parts.join(" ");
}

function arrowHead(look: string): string {
  const size = 'viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse"';
  return `<marker id="head-${look}" ${size} orient="auto"><path class="head ${look}" d="M0 0.5 L10 5 L0 9.5 z"/></marker>`;
}

function text(kind: string, x: number, y: number, content: string, anchor = "start"): string {
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escapeMarkup(content)}</text>`;
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
