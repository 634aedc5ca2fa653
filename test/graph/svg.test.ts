import { describe, expect, test } from "vitest";
import { liveGraphOf } from "../../src/graph/live.js";
import { renderSvg } from "../../src/graph/render/index.js";
import type { Graph } from "../../src/graph/types.js";
import { COLLATZ } from "./snapshots.js";
import { CHAIN, DIAMOND, EULER6, graphOf, SELF_LOOP, THREE_CYCLE } from "./support.js";

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The elements in order; throws when a tag is not closed as XML wants it. */
function elements(svg: string): readonly string[] {
  const open: string[] = [];
  const seen: string[] = [];
  for (const [tag, slash, name, end] of svg.matchAll(
    /<(\/?)([a-z]+)(?:\s[a-zA-Z:-]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*\s*(\/?)>/g,
  )) {
    seen.push(tag);
    if (slash === "/") expect(open.pop()).toBe(name);
    else if (end !== "/") open.push(name!);
  }
  expect(open).toEqual([]);
  // Nothing that begins a tag was passed over.
  expect(seen.length).toBe(svg.split("<").length - 1);
  return seen;
}

function boxes(svg: string): readonly Box[] {
  const number = (tag: string, key: string) => Number(new RegExp(` ${key}="([\\d.-]+)"`).exec(tag)![1]);
  return elements(svg)
    .filter((tag) => tag.startsWith('<rect class="box"'))
    .map((tag) => ({
      x: number(tag, "x"),
      y: number(tag, "y"),
      width: number(tag, "width"),
      height: number(tag, "height"),
    }));
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe.each(Object.entries({ CHAIN, DIAMOND, EULER6, SELF_LOOP, THREE_CYCLE }))("the picture of %s", (_, sketch) => {
  test("is well formed, with a box for each node, none upon another, and a line for each edge", async () => {
    const graph = await graphOf(sketch);
    const svg = renderSvg(graph);
    const drawn = boxes(svg);
    expect(drawn).toHaveLength(graph.nodes.length);
    for (const [i, a] of drawn.entries()) for (const b of drawn.slice(i + 1)) expect(overlap(a, b)).toBe(false);
    const [picture] = svg.split('<text class="legend"');
    const legends = svg.split('<text class="legend"').length - 1;
    expect(svg.split("marker-end=").length - 1).toBe(graph.edges.length + legends);
    expect(picture).not.toMatch(/NaN|undefined/);
  });
});

test("lines that lead home, round again, or where the worker chooses, look like it and are explained", async () => {
  const svg = renderSvg(await graphOf(SELF_LOOP));
  expect(svg).toContain('class="edge home"');
  expect(svg).toContain('class="edge cycle choose"');
  for (const words of ["home", "round again"]) expect(svg).toContain(`>${words}</text>`);
  expect(renderSvg(await graphOf(EULER6))).not.toContain(">round again</text>");
});

test("it stands alone: no script, nothing from elsewhere, and colours for light and dark", async () => {
  const svg = renderSvg(await graphOf(EULER6));
  expect(svg).not.toMatch(/<script|href|@import|url\((?!#)/);
  expect(svg).toContain("prefers-color-scheme: dark");
});

test("text is text, whatever it holds", () => {
  const name = `<script>&"'`;
  const graph: Graph = { name, nodes: [{ name: "a", kind: "stage", workers: 1 }], edges: [], joins: [], after: [] };
  const svg = renderSvg(graph, { nodes: new Map([["a", [name]]]), edges: new Map(), bottleneck: undefined });
  expect(svg).not.toContain("<script");
  expect(elements(svg).length).toBeGreaterThan(0);
});

test("a run has its rates at its edges, wider where more goes, and its bottleneck stands out", () => {
  const { graph, notes } = liveGraphOf(COLLATZ);
  const svg = renderSvg(graph, notes, "collatz: running for 8s");
  for (const words of ["collatz: running for 8s", "1230/s", "12/s", "12 queued, 3 running", "▲ bottleneck"]) {
    expect(svg).toContain(`>${words}</text>`);
  }
  expect(svg.match(/class="stage hot"/g)).toHaveLength(1);
  const widths = [...svg.matchAll(/class="edge [^>]*stroke-width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths[1]).toBe(4);
  expect(widths[0]).toBeLessThan(2);
});
