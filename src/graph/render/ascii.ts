import type { Graph } from "../types.js";
import { drawGraph } from "./drawing.js";
import { legendOf, renderList } from "./list.js";

const WIDTH = 80;

/** A picture for the terminal where one fits into `width` columns, then line by line where each node leads. */
export function renderAscii(graph: Graph, width: number = WIDTH): string {
  const picture = graph.nodes.length === 0 ? undefined : drawGraph(graph, width);
  return [...(picture === undefined ? [] : [picture, ""]), ...renderList(graph), "", legendOf(graph)].join("\n");
}
