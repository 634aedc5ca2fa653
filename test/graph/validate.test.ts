import { describe, expect, test } from "vitest";
import { graphRules } from "../../src/graph/validate.js";
import { topologyRules } from "../../src/topology/rules.js";
import { CHAIN, DIAMOND, EULER6, messagesFor, SELF_LOOP, THREE_CYCLE } from "./support.js";

describe("a sound graph has no mistakes", () => {
  test.each(Object.entries({ EULER6, DIAMOND, SELF_LOOP, THREE_CYCLE, CHAIN }))("%s", async (_, sketch) => {
    expect(await messagesFor(sketch)).toEqual([]);
  });

  test("two routes into one stage", async () => {
    expect(await messagesFor({ routes: [["a"], ["a"]], edges: "a @" })).toEqual([]);
  });

  test("a stage whose only edge is chosen", async () => {
    expect(await messagesFor({ routes: [["a"]], edges: "a ~ b, b @" })).toEqual([]);
  });

  test("a scatter within a scatter", async () => {
    const edges = "pages > words, words > work, work > inner, inner > outer, outer @";
    expect(await messagesFor({ routes: [["pages"]], edges, joins: { inner: "work", outer: "inner" } })).toEqual([]);
  });
});

describe("every stage leads home", () => {
  test("of a chain to a dead end only the dead end is reported", async () => {
    expect(await messagesFor({ routes: [["a"]], edges: "a > b, b > c" })).toEqual([
      'nothing leads on from stage "c", so its jobs never get home',
    ]);
  });
});

describe("cycles", () => {
  test("without a way out are named once, and none of their stages besides", async () => {
    expect(await messagesFor({ routes: [["x"]], edges: "x > a, a > b, b ~ a" })).toEqual([
      "the cycle a -> b -> a has no way out",
    ]);
  });

  test("may be left from any of their stages", async () => {
    expect(await messagesFor({ routes: [["a"]], edges: "a > b, b ~ a, b ~ c, c @" })).toEqual([]);
  });

  test("of edges that every value follows are left to the worker, which may choose or reply all the same", async () => {
    expect(await messagesFor({ routes: [["a"]], edges: "a > b, b > a, b @" })).toEqual([]);
  });
});

describe("joins", () => {
  test("of what only a worker could scatter are not doubted", async () => {
    const joins = { d: ["b", "c"] };
    expect(await messagesFor({ routes: [["a"]], edges: "a ~ s, a @, s > b, s > c, b > d, c > d, d @", joins })).toEqual(
      [],
    );
  });

  test("are not doubted for a route that reaches them only if a worker chooses", async () => {
    const edges = "b > d, c > d, d @, x ~ b, x @";
    expect(await messagesFor({ routes: [["b", "c"], ["x"]], edges, joins: { d: ["b", "c"] } })).toEqual([]);
  });

  test("that a route reaches by a part of their sources are doubted", async () => {
    const sketch = { ...EULER6, routes: [["sum", "square"], ["sum"]] };
    expect(await messagesFor(sketch)).toEqual([
      'requests of route GET /1 reach join "difference" but nothing scatters them there',
    ]);
  });
});

test("rules have names of their own", () => {
  const names = [...topologyRules, ...graphRules].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
