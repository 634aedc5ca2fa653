import type { Graph } from "../types.js";
import { drawGraph } from "./drawing.js";
import { legendOf, renderList } from "./list.js";
import { NO_NOTES, type Notes } from "./notes.js";

const WIDTH = 80;

/**
 * A picture for the terminal where one fits into `width` columns, then line by line where each node leads. The notes on
 * nodes stand in the list when they do not fit into the picture.
 */
export function renderAscii(graph: Graph, width: number = WIDTH, notes: Notes = NO_NOTES): string {
  const full = graph.nodes.length === 0 ? undefined : drawGraph(graph, width, notes);
  const picture =
    full ??
    (graph.nodes.length === 0 ? undefined : drawGraph(graph, width, { ...NO_NOTES, bottleneck: notes.bottleneck }));
  const list = renderList(graph, full === undefined ? notes : { ...NO_NOTES, edges: notes.edges });
  return [...(picture === undefined ? [] : [picture, ""]), ...list, "", legendOf(graph)].join("\n");
}
