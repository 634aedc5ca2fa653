import { liveGraphOf } from "../graph/live.js";
import { drawGraph } from "../graph/render/drawing.js";
import { labelOf } from "../graph/render/label.js";
import type { Graph } from "../graph/types.js";
import { formatAmount } from "../metrics/format.js";
import type { EdgeSnapshot, Snapshot } from "../metrics/snapshot.js";
import { HEADING, PLAIN, type Row, type Span, STRONG, type Style, span, WARNING } from "./style.js";
import { pad, padRow, rowWidth } from "./text.js";

export interface Live {
  readonly snapshot: Snapshot;
  readonly bottleneck: string | undefined;
}

const GAP = 4;
const NARROWEST_LIST = 34;

/** The drawing of the graph, where there is room for it, and beside it what goes along each edge. */
export function graphPane(live: Live, width: number, height: number): readonly Row[] {
  const graph = liveGraphOf(live.snapshot).graph;
  const picture = drawing(graph, live, width - NARROWEST_LIST - GAP, height);
  if (picture === undefined) return edgeRows(graph, live, width);
  const pictureWidth = Math.max(...picture.map(rowWidth));
  const list = edgeRows(graph, live, width - pictureWidth - GAP);
  return Array.from({ length: Math.max(picture.length, list.length) }, (_, index) => [
    ...padRow(picture[index] ?? [], pictureWidth + GAP),
    ...(list[index] ?? []),
  ]);
}

function drawing(graph: Graph, { bottleneck }: Live, width: number, height: number): readonly Row[] | undefined {
  if (graph.nodes.length === 0) return undefined;
  const lines = drawGraph(graph, width)?.split("\n");
  if (lines === undefined || lines.length > height) return undefined;
  const node = graph.nodes.find(({ name }) => name === bottleneck);
  // A label stands in a box of its own, between blanks: no other is found by mistake.
  const label = node === undefined ? undefined : ` ${labelOf(node)} `;
  return lines.map((line): Row => {
    const at = label === undefined ? -1 : line.indexOf(label);
    if (label === undefined || at < 0) return [span(line)];
    const mark = label.trim();
    return [span(line.slice(0, at + 1)), span(mark, BOTTLENECK), span(line.slice(at + 1 + mark.length))];
  });
}

const BOTTLENECK: Style = { ...WARNING, inverse: true };

/** One row for each node, more where its edges need them, and what the signs mean. */
export function edgeRows(graph: Graph, { snapshot, bottleneck }: Live, width: number): readonly Row[] {
  const labels = graph.nodes.map((node) => labelOf(node) + (node.name === bottleneck ? " ◆" : ""));
  const column = Math.max(...labels.map((label) => label.length), 0) + 2;
  const rows = graph.nodes.flatMap((node, index) => {
    const own = snapshot.edges.filter(({ from }) => from === node.name);
    const label = span(pad(labels[index]!, column), node.name === bottleneck ? WARNING : STRONG);
    return wrapped(label, own.map(edgeSpans), width);
  });
  return [...rows, [], legend(snapshot.edges)];
}

/** The label, then as many edges as fit; the others go below, under the first. */
function wrapped(label: Span, edges: readonly (readonly Span[])[], width: number): readonly Row[] {
  const rows: Row[] = [[label]];
  for (const edge of edges) {
    const last = rows.at(-1)!;
    const isFirst = last.length === 1;
    const piece = isFirst ? edge : [span("  "), ...edge];
    if (isFirst || rowWidth(last) + rowWidth(piece) <= width) rows.splice(-1, 1, [...last, ...piece]);
    else rows.push([span(" ".repeat(label.text.length)), ...edge]);
  }
  return rows;
}

function edgeSpans({ to, loopback, chosen, cycle, perSecond }: EdgeSnapshot): readonly Span[] {
  const arrow = loopback ? "↩" : chosen ? "⇢" : "→";
  const style = loopback ? { colour: "cyan" as const } : cycle ? { colour: "magenta" as const } : PLAIN;
  return [
    span(`${arrow} ${to}${cycle ? " ↺" : ""} `, style),
    span(`${formatAmount(perSecond)}/s`, perSecond > 0 ? STRONG : PLAIN),
  ];
}

function legend(edges: readonly EdgeSnapshot[]): Row {
  const signs = [
    edges.some(({ loopback, chosen }) => !loopback && !chosen) ? "→ every value" : "",
    edges.some(({ chosen }) => chosen) ? "⇢ chosen" : "",
    edges.some(({ loopback }) => loopback) ? "↩ home" : "",
    edges.some(({ cycle }) => cycle) ? "↺ cycle" : "",
    "◆ bottleneck",
  ];
  return [span(signs.filter((sign) => sign !== "").join("  "), HEADING)];
}
