import type { Graph, GraphEdge } from "../types.js";
import { bundlesOf, type Columns, type Routed, routeBundles, spanOf } from "./bundles.js";
import { Canvas, DOWN, LEFT, RIGHT, UP } from "./canvas.js";
import { centresOf } from "./columns.js";
import { type Layer, layersOf } from "./layers.js";
import { edgeKey, linesOf, NO_NOTES, type Notes } from "./notes.js";

/** Boxes from top to bottom, joined by lines; undefined when it would be too wide or too tangled to be true. */
export function drawGraph(graph: Graph, width: number, notes: Notes = NO_NOTES): string | undefined {
  const layers = layersOf(graph);
  const arrivals = arrivalsOf(layers);
  const texts = new Map(
    graph.nodes.map((node) => [node.name, [...linesOf(node, notes), ...marksOf(graph, node.name, notes)]]),
  );
  const widthOf = (id: string): number => {
    const lines = texts.get(id);
    if (lines === undefined) return 1;
    const inner = Math.max(...lines.map((line) => line.length), 2 * (arrivals.get(id) ?? 0) - 1);
    return 2 * Math.ceil((inner + 3) / 2) + 1;
  };
  const centres = centresOf(layers, widthOf);
  if ([...centres].some(([id, centre]) => centre + (widthOf(id) - 1) / 2 >= width)) return undefined;

  const canvas = new Canvas();
  let row = 0;
  for (const [index, layer] of layers.entries()) {
    const height = Math.max(...layer.map(({ id }) => (texts.get(id)?.length ?? -1) + 2));
    for (const { id, next } of layer) {
      const box = { row, centre: centres.get(id)!, width: widthOf(id), height };
      drawItem(canvas, box, texts.get(id), next.length > 0);
    }
    row += height;
    const below = layers[index + 1];
    if (below === undefined) break;
    const routed = route(layer, below, centres);
    if (routed === undefined) return undefined;
    row = drawLines(
      canvas,
      row,
      routed,
      new Set(below.filter(({ node }) => node === undefined).map(({ id }) => centres.get(id)!)),
    );
  }
  return canvas.toString();
}

/** How many bundles end at each item: each has a column of its own. */
function arrivalsOf(layers: readonly Layer[]): ReadonlyMap<string, number> {
  const count = new Map<string, number>();
  for (const { to } of layers.flatMap(bundlesOf)) for (const id of to) count.set(id, (count.get(id) ?? 0) + 1);
  return count;
}

/** Where else a node leads: home, and back. */
function marksOf(graph: Graph, name: string, { edges }: Notes): readonly string[] {
  const own = graph.edges.filter(({ from }) => from === name);
  const mark = (sign: string) => (edge: GraphEdge) => {
    const note = edges.get(edgeKey(edge));
    return `${sign} ${edge.to}${note === undefined ? "" : ` ${note.text}`}`;
  };
  const marks = [
    ...own.filter(({ back }) => back).map(mark("↺")),
    ...own.filter(({ kind }) => kind === "loopback").map(mark("↩")),
  ];
  if (marks.length === 0) return [];
  return edges.size === 0 ? [marks.join("  ")] : marks;
}

interface Box {
  readonly row: number;
  readonly centre: number;
  readonly width: number;
  /** Of its layer; a line leads on from a box that is lower. */
  readonly height: number;
}

function drawItem(canvas: Canvas, box: Box, lines: readonly string[] | undefined, leadsOn: boolean): void {
  const left = box.centre - (box.width - 1) / 2;
  const inner = box.width - 2;
  const bottom = lines === undefined ? -1 : lines.length + 1;
  if (lines !== undefined) {
    canvas.put(box.row, left, `┌${"─".repeat(inner)}┐`);
    for (const [i, line] of lines.entries()) canvas.put(box.row + 1 + i, left, `│${centred(line, inner)}│`);
    canvas.put(box.row + bottom, left, `└${"─".repeat(inner)}┘`);
    if (leadsOn) canvas.line(box.row + bottom, box.centre, LEFT | RIGHT | DOWN);
  }
  if (!leadsOn) return;
  for (let row = bottom + 1; row < box.height; row++) canvas.line(box.row + row, box.centre, UP | DOWN);
}

function centred(text: string, width: number): string {
  return text.padStart(text.length + Math.floor((width - text.length) / 2)).padEnd(width);
}

function route(layer: Layer, below: Layer, centres: ReadonlyMap<string, number>): readonly Routed[] | undefined {
  const bundles = bundlesOf(layer).map((bundle) => ({ ...bundle, outs: bundle.from.map((id) => centres.get(id)!) }));
  const middle = ({ outs }: { readonly outs: readonly number[] }): number =>
    outs.reduce((a, b) => a + b, 0) / outs.length;
  bundles.sort((a, b) => middle(a) - middle(b));
  // With the arrivals a little aside, fewer of them stand in a column in which something leaves.
  for (const aside of [0, 1, -1]) {
    const columns = bundles.map((bundle): Columns => {
      const ins = bundle.to.map((id) => {
        const own = bundles.filter(({ to }) => to.includes(id));
        const isPoint = below.some((item) => item.id === id && item.node === undefined);
        return centres.get(id)! + 2 * own.indexOf(bundle) - (own.length - 1) + (isPoint ? 0 : aside);
      });
      return { outs: bundle.outs, ins };
    });
    const routed = routeBundles(columns);
    if (routed !== undefined) return routed;
  }
  return undefined;
}

/** Draws what is between two layers, from `top` on; gives the row of the layer below. */
function drawLines(canvas: Canvas, top: number, bundles: readonly Routed[], points: ReadonlySet<number>): number {
  const straight = bundles.every((bundle) => spanOf(bundle)[0] === spanOf(bundle)[1]);
  const rows = straight ? 0 : Math.max(...bundles.map(({ row }) => row)) + 1;
  for (const bundle of bundles) {
    const [first, last] = spanOf(bundle);
    for (let column = first; column <= last && rows > 0; column++) {
      const joins =
        (bundle.outs.includes(column) ? UP : 0) |
        (bundle.ins.includes(column) ? DOWN : 0) |
        (column > first ? LEFT : 0) |
        (column < last ? RIGHT : 0);
      canvas.line(top + bundle.row, column, joins);
    }
  }
  // Last, so that a vertical that crosses a horizontal interrupts it: the two do not meet.
  for (const { outs, ins, row } of bundles) {
    for (const column of outs) for (let y = 0; y < row && y < rows; y++) canvas.line(top + y, column, UP | DOWN);
    for (const column of ins) {
      for (let y = row + 1; y < rows; y++) canvas.line(top + y, column, UP | DOWN);
      canvas.put(top + rows, column, points.has(column) ? "│" : "▼");
    }
  }
  return top + rows + 1;
}
