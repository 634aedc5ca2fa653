import { expect, test } from "vitest";
import { liveBottleneck, liveGraphOf } from "../../src/graph/live.js";
import { renderAscii, renderDot, renderMermaid } from "../../src/graph/render/index.js";
import { liveJson } from "../../src/graph/render/live-json.js";
import { COLLATZ, stageSnapshot } from "./snapshots.js";

const { graph, notes } = liveGraphOf(COLLATZ);

test("the picture of a run has depths and times in its boxes, and rates at its edges", () => {
  expect(renderAscii(graph, 80, notes)).toMatchInlineSnapshot(`
    "  ┌───────────────────┐
      │      numbers      │
      │ 11/s, 10 pending  │
      └─────────┬─────────┘
                ▼
    ┌───────────────────────┐
    │        step ×2        │
    │     1 of 2 ready      │
    │ 12 queued, 3 running  │
    │       oldest 2s       │
    │    p99 wait 1.2ms     │
    │    p99 work 340ms     │
    │     ▲ bottleneck      │
    │     ↺ step 1230/s     │
    └───────────┬───────────┘
                ▼
     ┌─────────────────────┐
     │         out         │
     │ 0 queued, 0 running │
     │   ↩ numbers 11/s    │
     └─────────────────────┘

    numbers  → step 12/s
    step ×2  ⇢ step ↺ 1230/s  ⇢ out 11/s
    out      ↩ numbers 11/s

    → every value   ⇢ if the worker chooses   ↩ home   ↺ round again"
  `);
});

test("what does not fit into the picture stands in the list", () => {
  expect(renderAscii(graph, 24, notes)).toMatchInlineSnapshot(`
    "   ┌─────────┐
       │ numbers │
       └────┬────┘
            ▼
    ┌───────────────┐
    │    step ×2    │
    │ ▲ bottleneck  │
    │    ↺ step     │
    └───────┬───────┘
            ▼
      ┌───────────┐
      │    out    │
      │ ↩ numbers │
      └───────────┘

    numbers  11/s, 10 pending                                                                             → step 12/s
    step ×2  1 of 2 ready, 12 queued, 3 running, oldest 2s, p99 wait 1.2ms, p99 work 340ms, ▲ bottleneck  ⇢ step ↺ 1230/s  ⇢ out 11/s
    out      0 queued, 0 running                                                                          ↩ numbers 11/s

    → every value   ⇢ if the worker chooses   ↩ home   ↺ round again"
  `);
});

test("mermaid says it in its own words", () => {
  expect(renderMermaid(graph, notes)).toMatchInlineSnapshot(`
    "flowchart LR
      n0(["numbers<br/>11/s, 10 pending"])
      n1["step ×2<br/>1 of 2 ready<br/>12 queued, 3 running<br/>oldest 2s<br/>p99 wait 1.2ms<br/>p99 work 340ms<br/>▲ bottleneck"]
      n2(["out<br/>0 queued, 0 running"])
      n0 -->|"12/s"| n1
      n1 ==>|"choose 1230/s"| n1
      n1 -->|"choose 11/s"| n2
      n2 -.->|"11/s"| n0
      classDef hot stroke:#d1480f,stroke-width:3px
      class n1 hot"
  `);
});

test("so does dot", () => {
  expect(renderDot(graph, notes)).toMatchInlineSnapshot(`
    "digraph "collatz" {
      rankdir=LR;
      "numbers" [label="numbers\\n11/s, 10 pending", shape=oval];
      "step" [label="step ×2\\n1 of 2 ready\\n12 queued, 3 running\\noldest 2s\\np99 wait 1.2ms\\np99 work 340ms\\n▲ bottleneck", shape=box, color=orangered, penwidth=3];
      "out" [label="out\\n0 queued, 0 running", shape=oval];
      "numbers" -> "step" [label="12/s"];
      "step" -> "step" [label="1230/s", style="dashed,bold", constraint=false];
      "step" -> "out" [label="11/s", style="dashed"];
      "out" -> "numbers" [label="11/s", style="dotted", constraint=false];
    }"
  `);
});

test("the object has the nodes and edges of the topology's JSON, with their numbers", () => {
  const { nodes, edges, bottleneck } = liveJson({ graph, notes }, COLLATZ);
  expect(nodes).toMatchObject([
    { name: "numbers", kind: "source", perSecond: 11, pending: 10 },
    { name: "step", kind: "stage", workers: 2, ready: 1, depth: 12, oldestMs: 2500, inFlight: 3, serviceP99Ms: 340 },
    { name: "out", kind: "sink" },
  ]);
  expect(edges[1]).toEqual({ from: "step", to: "step", kind: "choose", back: true, count: 900, perSecond: 1230 });
  expect(bottleneck).toBe("step");
});

test("a run that has it easy has no bottleneck; jobs that queue behind idle times are one", () => {
  const waits = { count: 1, meanMs: 5, p50Ms: 5, p90Ms: 5, p99Ms: 5, maxMs: 5, total: COLLATZ.stages[1]!.wait.total };
  const [easy, waited] = [stageSnapshot("easy"), stageSnapshot("waited", { wait: waits })];
  expect(liveBottleneck([easy, waited])).toBeUndefined();
  expect(liveBottleneck([easy, { ...waited, depth: 3 }])).toBe("waited");
  expect(liveBottleneck([])).toBeUndefined();
});

test("a server that tells nothing of itself, because its process is gone, is still there to be drawn", () => {
  const { graph } = liveGraphOf({ ...COLLATZ, server: undefined, sources: [] });
  const ends = COLLATZ.edges.flatMap(({ from, to }) => [from, to]);
  expect(new Set(graph.nodes.map(({ name }) => name))).toEqual(new Set(ends));
  expect(renderAscii(graph)).toContain("step");
});
