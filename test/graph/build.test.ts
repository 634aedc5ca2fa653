import { describe, expect, test } from "vitest";
import type { Graph } from "../../src/graph/types.js";
import { DIAMOND, EULER6, graphOf, SELF_LOOP, THREE_CYCLE } from "./support.js";

const edgesOf = ({ edges }: Graph) =>
  edges.map(({ from, to, kind, back }) => `${from} ${to} ${kind}${back ? " back" : ""}`);
const namesOf = ({ nodes }: Graph) => nodes.map(({ name }) => name);

describe("nodes", () => {
  test("the server comes first, then stages breadth first from the routes", async () => {
    expect((await graphOf(DIAMOND)).nodes).toEqual([
      { name: "server", kind: "server", workers: 0 },
      { name: "split", kind: "stage", workers: 1 },
      { name: "left", kind: "stage", workers: 1 },
      { name: "right", kind: "stage", workers: 1 },
      { name: "merge", kind: "stage", workers: 1 },
    ]);
  });

  test("those at the same distance keep the order of the file", async () => {
    const graph = await graphOf({ routes: [["b"], ["a"]], edges: "a > x, b > y, b > x, x @, y @" });
    expect(namesOf(graph)).toEqual(["server", "b", "a", "x", "y"]);
  });

  test("a stage that nothing leads to comes last", async () => {
    expect(namesOf(await graphOf({ routes: [["a"]], edges: "lost > b, a > b, b @" }))).toEqual([
      "server",
      "a",
      "b",
      "lost",
    ]);
  });
});

describe("edges", () => {
  test("lead from the server to each entry once", async () => {
    expect(edgesOf(await graphOf({ routes: [["a"], ["a", "b"]], edges: "a @, b @" }))).toEqual([
      "server a entry",
      "server b entry",
      "a server loopback",
      "b server loopback",
    ]);
  });

  test("to itself is back", async () => {
    expect(edgesOf(await graphOf(SELF_LOOP))).toEqual([
      "server step entry",
      "step step choose back",
      "step server loopback",
    ]);
  });

  test("that closes a cycle is back, the others of the cycle are not", async () => {
    expect(edgesOf(await graphOf(THREE_CYCLE))).toEqual([
      "server a entry",
      "a b all",
      "b c all",
      "c a choose back",
      "c server loopback",
    ]);
  });

  test("to an earlier node in no cycle is not back", async () => {
    const graph = await graphOf({ routes: [["a"], ["b"]], edges: "b > a, a @" });
    expect(edgesOf(graph)).toContain("b a all");
  });

  test("home are loopbacks, not back", async () => {
    expect(edgesOf(await graphOf(EULER6)).at(-1)).toBe("difference server loopback");
  });
});
