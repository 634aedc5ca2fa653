import { expect, test } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { Totals } from "../../src/metrics/totals.js";
import type { NodeStats, SentStats } from "../../src/plan/child.js";
import { edgesOf, enterSent, nodeNamesOf } from "../../src/runtime/edges.js";
import { stage, topologyOf } from "./support.js";

const topology = {
  ...topologyOf([stage("split"), stage("loop")]),
  edges: [
    { from: "split", to: "loop", route: "all" as const, loopback: false },
    { from: "loop", to: "loop", route: "choose" as const, loopback: false },
    { from: "loop", to: "server", route: "choose" as const, loopback: true },
  ],
};
const graph = buildGraph(topology);
const names = nodeNamesOf(topology);

function proxyStats(name: string, sent: SentStats): NodeStats {
  const none = { count: 0, sumUs: 0, hdr: "" };
  const gauges = { workers: 1, idle: 1, depth: 0, oldestMs: 0, inFlight: 0, gathering: 0 };
  const counters = { received: 0, done: 0, failed: 0, redelivered: 0, dropped: 0 };
  return {
    kind: "proxy",
    node: name,
    stages: [{ stage: name, ...gauges, ...counters, wait: none, service: none, sent }],
  };
}

test("every edge of the graph has its count, and a way home that is not declared has one once something went it", () => {
  const counters = new Map<string, number>();
  const enter = (name: string, value: number) => counters.set(name, value);
  enterSent(proxyStats("loop", { stages: [0, 7], owners: [3] }), names, enter);
  const quiet = edgesOf({ counters, perSecond: () => 1.26 }, graph, names);
  expect(quiet).toEqual([
    { from: "server", to: "split", loopback: false, chosen: false, cycle: false, count: 0, perSecond: 1.3 },
    { from: "server", to: "loop", loopback: false, chosen: false, cycle: false, count: 0, perSecond: 1.3 },
    { from: "split", to: "loop", loopback: false, chosen: false, cycle: false, count: 0, perSecond: 1.3 },
    { from: "loop", to: "loop", loopback: false, chosen: true, cycle: true, count: 7, perSecond: 1.3 },
    { from: "loop", to: "server", loopback: true, chosen: false, cycle: false, count: 3, perSecond: 1.3 },
  ]);
  enterSent(proxyStats("split", { stages: [], owners: [2] }), names, enter);
  expect(edgesOf({ counters, perSecond: () => 0 }, graph, names).slice(quiet.length)).toEqual([
    { from: "split", to: "server", loopback: true, chosen: false, cycle: false, count: 2, perSecond: 0 },
  ]);
});

test("what a former life of a node has sent stays in the count", () => {
  const totals = new Totals();
  const tell = (life: number, count: number) =>
    enterSent(proxyStats("loop", { stages: [0, count], owners: [] }), names, (name, value) =>
      totals.observe(name, life, value),
    );
  tell(1, 40);
  tell(2, 2);
  const counts = edgesOf({ counters: totals.all(), perSecond: () => 0 }, graph, names);
  expect(counts.find(({ cycle }) => cycle)).toMatchObject({ count: 42 });
});
