import { expect, test } from "vitest";
import { adjacencyOf, components, cycleIn, isCyclic, reachable, reversed } from "../../src/graph/algorithms.js";

const edges = (text: string) => text.split(" ").map((pair) => ({ from: pair[0]!, to: pair[1]! }));
const graph = adjacencyOf("abcdefg", edges("ab bc ca cd de ff"));

test("what can be reached includes the starts", () => {
  expect([...reachable(graph, ["d"])]).toEqual(["d", "e"]);
  expect([...reachable(graph, ["a"])].sort()).toEqual(["a", "b", "c", "d", "e"]);
});

test("a wall is neither entered nor passed", () => {
  expect([...reachable(graph, ["a"], "c")]).toEqual(["a", "b"]);
  expect([...reachable(graph, ["c"], "c")]).toEqual([]);
});

test("components are the nodes that reach each other, in the order of the nodes", () => {
  expect(components(graph)).toEqual([["a", "b", "c"], ["d"], ["e"], ["f"], ["g"]]);
  expect(components(graph).filter((component) => isCyclic(graph, component))).toEqual([["a", "b", "c"], ["f"]]);
});

test("two cycles that share a node are one component", () => {
  expect(components(adjacencyOf("abcde", edges("ab ba bc cd db de")))).toEqual([["a", "b", "c", "d"], ["e"]]);
});

test("a cycle is named by its shortest way round from the first node", () => {
  expect(cycleIn(graph, ["a", "b", "c"])).toEqual(["a", "b", "c", "a"]);
  expect(cycleIn(graph, ["f"])).toEqual(["f", "f"]);
  expect(cycleIn(adjacencyOf("abc", edges("ab bc ca ba")), ["a", "b", "c"])).toEqual(["a", "b", "a"]);
});

test("edges turned round, and to nodes that do not exist left out", () => {
  expect([...reversed(adjacencyOf("abc", edges("ab ac ax xa")))]).toEqual([
    ["a", []],
    ["b", ["a"]],
    ["c", ["a"]],
  ]);
});

test("a long chain does not exhaust the stack", () => {
  const names = Array.from({ length: 50_000 }, (_, i) => `n${i}`);
  const chain = adjacencyOf(
    names,
    names.slice(1).map((to, i) => ({ from: names[i]!, to })),
  );
  expect(components(chain)).toHaveLength(50_000);
});
