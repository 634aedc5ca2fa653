import { expect, test } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { renderAscii, renderDot, renderMermaid } from "../../src/graph/render/index.js";
import { topologyOf } from "../topology/support.js";

const TEXT = `
[server]
[[server.routes]]
path = "/"
to = "step"
[sources.numbers]
stdin = true
to = ["step", "check"]
[stages.step]
command = ["work"]
workers = 2
[stages.check]
command = ["work"]
[sinks.out]
stdout = true
[sinks.kept]
run = "keep.js"
workers = 3
[[edges]]
from = "step"
to = ["step", "out"]
route = "choose"
[[edges]]
from = "check"
to = ["out", "kept"]
[[edges]]
from = "step"
to = "server"
loopback = true
[[edges]]
from = "out"
to = "numbers"
loopback = true
`;
const graph = async () => buildGraph(await topologyOf(TEXT, { "keep.js": "" }));

test("owners come first, sinks are nodes, and acknowledgements go home", async () => {
  const { nodes, edges } = await graph();
  expect(nodes.map(({ name, kind }) => [name, kind])).toEqual([
    ["server", "server"],
    ["numbers", "source"],
    ["step", "stage"],
    ["check", "stage"],
    ["out", "sink"],
    ["kept", "sink"],
  ]);
  expect(edges.map(({ from, to, kind, back }) => [from, to, kind, back])).toEqual([
    ["server", "step", "entry", false],
    ["numbers", "step", "entry", false],
    ["numbers", "check", "entry", false],
    ["step", "step", "choose", true],
    ["step", "out", "choose", false],
    ["check", "out", "all", false],
    ["check", "kept", "all", false],
    ["step", "server", "loopback", false],
    ["out", "numbers", "loopback", false],
  ]);
});

test("the picture for the terminal", async () => {
  expect(renderAscii(await graph())).toMatchInlineSnapshot(`
    "     ┌─────────┐   ┌─────────┐
         │ server  │   │ numbers │
         └────┬────┘   └────┬────┘
             ┌┘┌────────────┴─────┐
             ▼ ▼                  ▼
    ┌───────────────────┐   ┌───────────┐
    │      step ×2      │   │ check ×1  │
    │ ↺ step  ↩ server  │   └─────┬─────┘
    └─────────┬─────────┘         │
              └──────┐ ┌──────────┴─┐
                     ▼ ▼            ▼
                ┌───────────┐   ┌───────┐
                │    out    │   │ kept  │
                │ ↩ numbers │   └───────┘
                └───────────┘

    server    → step
    numbers   → step  → check
    step ×2   ⇢ step ↺  ⇢ out  ↩ server
    check ×1  → out  → kept
    out       ↩ numbers
    kept

    → every value   ⇢ if the worker chooses   ↩ home   ↺ round again"
  `);
});

test("mermaid", async () => {
  expect(renderMermaid(await graph())).toMatchInlineSnapshot(`
    "flowchart LR
      n0(["server"])
      n1(["numbers"])
      n2["step ×2"]
      n3["check ×1"]
      n4(["out"])
      n5(["kept"])
      n0 --> n2
      n1 --> n2
      n1 --> n3
      n2 ==>|choose| n2
      n2 -->|choose| n4
      n3 --> n4
      n3 --> n5
      n2 -.-> n0
      n4 -.-> n1"
  `);
});

test("dot", async () => {
  expect(renderDot(await graph())).toMatchInlineSnapshot(`
    "digraph "main" {
      rankdir=LR;
      "server" [label="server", shape=oval];
      "numbers" [label="numbers", shape=oval];
      "step" [label="step ×2", shape=box];
      "check" [label="check ×1", shape=box];
      "out" [label="out", shape=oval];
      "kept" [label="kept", shape=oval];
      "server" -> "step";
      "numbers" -> "step";
      "numbers" -> "check";
      "step" -> "step" [style="dashed,bold", constraint=false];
      "step" -> "out" [style="dashed"];
      "check" -> "out";
      "check" -> "kept";
      "step" -> "server" [style="dotted", constraint=false];
      "out" -> "numbers" [style="dotted", constraint=false];
    }"
  `);
});
