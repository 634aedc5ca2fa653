import { describe, expect, test } from "vitest";
import { renderAscii, renderDot, renderJson, renderMermaid } from "../../src/graph/render/index.js";
import { CHAIN, DIAMOND, EULER6, graphOf, SELF_LOOP, THREE_CYCLE } from "./support.js";

describe("the picture for the terminal", () => {
  test("euler6", async () => {
    expect(renderAscii(await graphOf(EULER6))).toMatchInlineSnapshot(`
      "        ┌─────────┐
              │ server  │
              └────┬────┘
           ┌───────┴──────┐
           ▼              ▼
      ┌─────────┐   ┌───────────┐
      │ sum ×1  │   │ square ×1 │
      └────┬────┘   └─────┬─────┘
           └───────┬──────┘
                   ▼
           ┌───────────────┐
           │ difference ×1 │
           │   ↩ server    │
           └───────────────┘

      server         → sum  → square
      sum ×1         → difference
      square ×1      → difference
      difference ×1  ↩ server

      → every value   ↩ home"
    `);
  });

  test("a diamond", async () => {
    expect(renderAscii(await graphOf(DIAMOND))).toMatchInlineSnapshot(`
      "        ┌─────────┐
              │ server  │
              └────┬────┘
                   ▼
             ┌───────────┐
             │ split ×1  │
             └─────┬─────┘
           ┌───────┴──────┐
           ▼              ▼
      ┌─────────┐   ┌───────────┐
      │ left ×1 │   │ right ×1  │
      └────┬────┘   └─────┬─────┘
           └───────┬──────┘
                   ▼
             ┌───────────┐
             │ merge ×1  │
             │ ↩ server  │
             └───────────┘

      server    → split
      split ×1  → left  → right
      left ×1   → merge
      right ×1  → merge
      merge ×1  ↩ server

      → every value   ↩ home"
    `);
  });

  test("a self-loop", async () => {
    expect(renderAscii(await graphOf(SELF_LOOP))).toMatchInlineSnapshot(`
      "     ┌─────────┐
           │ server  │
           └────┬────┘
                ▼
      ┌───────────────────┐
      │      step ×1      │
      │ ↺ step  ↩ server  │
      └───────────────────┘

      server   → step
      step ×1  ⇢ step ↺  ↩ server

      → every value   ⇢ if the worker chooses   ↩ home   ↺ round again"
    `);
  });

  test("a cycle of three", async () => {
    expect(renderAscii(await graphOf(THREE_CYCLE))).toMatchInlineSnapshot(`
      "   ┌─────────┐
         │ server  │
         └────┬────┘
              ▼
          ┌───────┐
          │ a ×1  │
          └───┬───┘
              ▼
          ┌───────┐
          │ b ×1  │
          └───┬───┘
              ▼
      ┌───────────────┐
      │     c ×1      │
      │ ↺ a  ↩ server │
      └───────────────┘

      server  → a
      a ×1    → b
      b ×1    → c
      c ×1    ⇢ a ↺  ↩ server

      → every value   ⇢ if the worker chooses   ↩ home   ↺ round again"
    `);
  });

  test("an edge that skips a stage passes it", async () => {
    const graph = await graphOf({ routes: [["a"]], edges: "a > b, a > c, b > c, c @" });
    expect(renderAscii(graph)).toMatchInlineSnapshot(`
      " ┌─────────┐
       │ server  │
       └────┬────┘
            ▼
        ┌───────┐
        │ a ×1  │
        └───┬───┘
        ┌───┴───┐
        │       ▼
        │   ┌───────┐
        │   │ b ×1  │
        │   └───┬───┘
        └───┬───┘
            ▼
      ┌───────────┐
      │   c ×1    │
      │ ↩ server  │
      └───────────┘

      server  → a
      a ×1    → b  → c
      b ×1    → c
      c ×1    ↩ server

      → every value   ↩ home"
    `);
  });

  test("lines that cross do not meet", async () => {
    const graph = await graphOf({
      routes: [["a", "b", "c"]],
      edges: "a > x, b > x, b > y, c > y, c > z, a > z, x @, y @, z @",
    });
    expect(renderAscii(graph)).toMatchInlineSnapshot(`
      "                 ┌─────────┐
                       │ server  │
                       └────┬────┘
                ┌───────────┼───────────┐
                ▼           ▼           ▼
            ┌───────┐   ┌───────┐   ┌───────┐
            │ a ×1  │   │ b ×1  │   │ c ×1  │
            └───┬───┘   └───┬───┘   └───┬───┘
           ┌────┴──────────┐│┌──────────┴────┐
           │ ┌─────────────│┴│─────────────┐ │
           ▼ ▼             ▼ ▼             ▼ ▼
      ┌───────────┐   ┌───────────┐   ┌───────────┐
      │   x ×1    │   │   z ×1    │   │   y ×1    │
      │ ↩ server  │   │ ↩ server  │   │ ↩ server  │
      └───────────┘   └───────────┘   └───────────┘

      server  → a  → b  → c
      a ×1    → x  → z
      b ×1    → x  → y
      c ×1    → y  → z
      x ×1    ↩ server
      y ×1    ↩ server
      z ×1    ↩ server

      → every value   ↩ home"
    `);
  });

  test("a chain of eight stages fits into 80 columns", async () => {
    const lines = renderAscii(await graphOf(CHAIN)).split("\n");
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect(lines.filter((line) => line.includes("▼"))).toHaveLength(8);
  });

  test("is left out when it would be too wide, the list stays", async () => {
    expect(renderAscii(await graphOf(EULER6), 20)).toMatchInlineSnapshot(`
      "server         → sum  → square
      sum ×1         → difference
      square ×1      → difference
      difference ×1  ↩ server

      → every value   ↩ home"
    `);
  });
});

test("a Mermaid flowchart has dotted edges home and thick edges back", async () => {
  const graph = await graphOf({ routes: [["end"]], edges: "end > b, b ~ end, b ~ c, b @, c > c2, c2 @" });
  expect(renderMermaid(graph)).toMatchInlineSnapshot(`
    "flowchart LR
      n0(["server"])
      n1["end ×1"]
      n2["b ×1"]
      n3["c ×1"]
      n4["c2 ×1"]
      n0 --> n1
      n1 --> n2
      n2 ==>|choose| n1
      n2 -->|choose| n3
      n2 -.-> n0
      n3 --> n4
      n4 -.-> n0"
  `);
});

test("a Graphviz digraph quotes every name", async () => {
  const graph = await graphOf({ routes: [["node"]], edges: "node > b-2, b-2 ~ node, b-2 @" });
  expect(renderDot(graph)).toMatchInlineSnapshot(`
    "digraph "main" {
      rankdir=LR;
      "server" [label="server", shape=oval];
      "node" [label="node ×1", shape=box];
      "b-2" [label="b-2 ×1", shape=box];
      "server" -> "node";
      "node" -> "b-2";
      "b-2" -> "node" [style="dashed,bold", constraint=false];
      "b-2" -> "server" [style="dotted", constraint=false];
    }"
  `);
});

test("JSON is the graph itself", async () => {
  const graph = await graphOf(EULER6);
  expect(JSON.parse(renderJson(graph))).toEqual(graph);
  expect(Object.keys(JSON.parse(renderJson(graph)))).toEqual(["name", "nodes", "edges", "joins", "after"]);
});
