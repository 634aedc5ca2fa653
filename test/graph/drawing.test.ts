import { expect, test } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { drawGraph } from "../../src/graph/render/drawing.js";
import type { Graph } from "../../src/graph/types.js";
import type { Edge, Topology } from "../../src/topology/types.js";
import { topologyOf } from "../topology/support.js";
import { readPicture } from "./reader.js";
import { textOf } from "./support.js";

const GRAPHS = 500;

test("whatever is drawn says of every edge forward that it is there, and of no other", async () => {
  const base = await topologyOf(textOf({ routes: [["a"]], edges: "a @" }));
  const random = randomNumbers(1);
  let drawn = 0;
  for (let i = 0; i < GRAPHS; i++) {
    const graph = randomGraph(base, random);
    const picture = drawGraph(graph, 200);
    if (picture === undefined) continue;
    drawn++;
    const edges = graph.edges.filter(({ kind, back }) => kind !== "loopback" && !back);
    expect(readPicture(picture, graph), picture).toEqual(edges.map(({ from, to }) => `${from} ${to}`).sort());
  }
  expect(drawn).toBeGreaterThan(GRAPHS / 2);
});

function randomGraph(base: Topology, random: () => number): Graph {
  const count = 2 + Math.floor(random() * 7);
  const names = Array.from({ length: count }, (_, i) => `${"s".repeat(1 + Math.floor(random() * 8))}${i}`);
  const density = random() * 0.6;
  const edges = names.flatMap((from, i) =>
    names.flatMap((to, j): readonly Edge[] =>
      random() < (i < j ? density : 0.08) ? [{ from, to, route: "choose", loopback: false }] : [],
    ),
  );
  const route = { ...base.server!.routes[0]!, to: names.filter((_, i) => i === 0 || random() < 0.3) };
  const stages = names.map((name) => ({ ...base.stages[0]!, name }));
  return buildGraph({ ...base, server: { ...base.server!, routes: [route] }, stages, edges });
}

/** The same numbers in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
