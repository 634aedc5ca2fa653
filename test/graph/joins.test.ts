import { describe, expect, test } from "vitest";
import { DIAMOND, EULER6, graphOf, type Sketch } from "./support.js";

async function groupsOf(sketch: Sketch, stage: string): Promise<readonly string[]> {
  const { joins } = await graphOf(sketch);
  return joins
    .find((join) => join.stage === stage)!
    .groups.map((group) => {
      const origin = "entry" in group.origin ? `entry ${group.origin.entry}` : group.origin.stage;
      return group.kind === "copies" ? `${group.parts} copies of ${origin}` : `${origin} scatters to ${group.target}`;
    });
}

describe("copies", () => {
  test("of a route that leads to all sources", async () => {
    expect((await graphOf(EULER6)).joins).toEqual([
      {
        stage: "difference",
        sources: ["sum", "square"],
        bare: false,
        groups: [{ kind: "copies", origin: { entry: 0 }, parts: 2 }],
      },
    ]);
  });

  test("of a stage whose edges lead to all sources", async () => {
    expect(await groupsOf(DIAMOND, "merge")).toEqual(["2 copies of split"]);
  });

  test("of each of two routes that lead to all sources", async () => {
    expect(
      await groupsOf({ ...EULER6, routes: [["sum", "square"], ["square", "sum"], ["sum"]] }, "difference"),
    ).toEqual(["2 copies of entry 0", "2 copies of entry 1"]);
  });

  test("only of the edges that lead to the join", async () => {
    const sketch: Sketch = {
      routes: [["split"]],
      edges: "split > left, split > right, split > log, split @, log @, left > merge, right > merge, merge @",
      joins: { merge: ["left", "right"] },
    };
    expect(await groupsOf(sketch, "merge")).toEqual(["2 copies of split"]);
  });

  test("that pass other stages on the way", async () => {
    const sketch: Sketch = {
      routes: [["split"]],
      edges: "split > a, split > b, a > left, b > right, left > merge, right > merge, merge @",
      joins: { merge: ["left", "right"] },
    };
    expect(await groupsOf(sketch, "merge")).toEqual(["2 copies of split"]);
  });

  test("of a single source, when several ways lead to it", async () => {
    const sketch: Sketch = {
      routes: [["a", "b"]],
      edges: "a > c, b > c, c > merge, merge @",
      joins: { merge: "c" },
    };
    // A worker of `a` may also scatter to `c` by itself.
    expect(await groupsOf(sketch, "merge")).toEqual(["2 copies of entry 0", "a scatters to c", "b scatters to c"]);
  });

  test("one of which may go straight into the join", async () => {
    const sketch: Sketch = {
      routes: [["a"]],
      edges: "a > b, a > merge, b > merge, merge @",
      joins: { merge: ["a", "b"] },
    };
    expect(await groupsOf(sketch, "merge")).toEqual(["2 copies of a"]);
  });

  test("are none along edges that the worker chooses", async () => {
    const sketch: Sketch = {
      routes: [["split"]],
      edges: "split ~ left, split ~ right, left > merge, right > merge, merge @",
      joins: { merge: ["left", "right"] },
    };
    expect(await groupsOf(sketch, "merge")).toEqual([]);
  });
});

describe("scatters", () => {
  test("to the source of a join", async () => {
    const sketch: Sketch = {
      routes: [["split"]],
      edges: "split > work, work > gather, gather @",
      joins: { gather: "work" },
    };
    expect(await groupsOf(sketch, "gather")).toEqual(["split scatters to work"]);
  });

  test("within a scatter belong to the inner join", async () => {
    const sketch: Sketch = {
      routes: [["pages"]],
      edges: "pages > words, words > work, work > inner, inner > outer, outer @",
      joins: { inner: "work", outer: "inner" },
    };
    expect(await groupsOf(sketch, "inner")).toEqual(["pages scatters to words", "words scatters to work"]);
    expect(await groupsOf(sketch, "outer")).toEqual([
      "pages scatters to words",
      "words scatters to work",
      "work scatters to inner",
    ]);
  });

  test("by the join itself, in a cycle", async () => {
    const sketch: Sketch = {
      routes: [["split"]],
      edges: "split > work, work > gather, gather ~ work, gather @",
      joins: { gather: "work" },
    };
    expect(await groupsOf(sketch, "gather")).toEqual(["split scatters to work", "gather scatters to work"]);
  });

  test("to a stage from where all sources are reached", async () => {
    const sketch: Sketch = {
      routes: [["s"]],
      edges: "s ~ split, split > a, split > b, a > merge, b > merge, merge @",
      joins: { merge: ["a", "b"] },
    };
    expect(await groupsOf(sketch, "merge")).toEqual(["s scatters to split", "2 copies of split"]);
  });

  test("do not reach a source through the join", async () => {
    const sketch: Sketch = {
      routes: [["a", "b"]],
      edges: "a > merge, b > merge, merge ~ a, merge @, x > merge2, a > merge2, merge2 @, merge > x",
      joins: { merge: ["a", "b"], merge2: ["a", "x"] },
    };
    expect(await groupsOf(sketch, "merge")).toEqual(["2 copies of entry 0"]);
  });
});
