import { describe, expect, test } from "vitest";
import { graphRules } from "../../src/graph/validate.js";
import { topologyRules } from "../../src/topology/rules.js";
import { CHAIN, DIAMOND, EULER6, messagesFor, SELF_LOOP, type Sketch, THREE_CYCLE } from "./support.js";

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

describe("a branch that brings a join several parts", () => {
  const twice = (join: string, branch: string, of: string) =>
    `join "${join}" would get several parts from the branch "${branch}" of ${of}, but expects one from each`;

  test("is refused when it is a route's", async () => {
    const edges = "a > c, a > d, b > e, c > e, d > e, e @";
    expect(await messagesFor({ routes: [["a", "b"]], edges, joins: { e: ["b", "c", "d"] } })).toEqual([
      twice("e", "a", "route GET /0"),
    ]);
  });

  test("is refused when it is a stage's", async () => {
    const edges = "s > a, s > b, a > c, a > d, b > e, c > e, d > e, e @";
    expect(await messagesFor({ routes: [["s"]], edges, joins: { e: ["b", "c", "d"] } })).toEqual([
      twice("e", "a", 'stage "s"'),
    ]);
  });

  test("is refused when one of the copies goes straight into the join", async () => {
    const edges = "a > c, a > e, c > e, b > e, e @";
    expect(await messagesFor({ routes: [["a", "b"]], edges, joins: { e: ["a", "b", "c"] } })).toEqual([
      twice("e", "a", "route GET /0"),
    ]);
  });

  test("is refused when the copies come by the same source", async () => {
    const edges = "a > c, a > d, c > f, d > f, f > e, b > e, e @";
    expect(await messagesFor({ routes: [["a", "b"]], edges, joins: { e: ["b", "f"] } })).toEqual([
      twice("e", "a", "route GET /0"),
    ]);
  });

  test("is refused when an inner join gathers not all of the copies", async () => {
    const edges = "a > c, a > d, a > x, c > k, d > k, k > e, x > e, b > e, e @";
    expect(await messagesFor({ routes: [["a", "b"]], edges, joins: { k: ["c", "d"], e: ["b", "k", "x"] } })).toEqual([
      twice("e", "a", "route GET /0"),
    ]);
  });

  test("is refused when copies are made behind an inner join", async () => {
    const edges = "a > c, a > d, c > k, d > k, k > m, k > n, m > e, n > e, b > e, e @";
    expect(await messagesFor({ routes: [["a", "b"]], edges, joins: { k: ["c", "d"], e: ["b", "m", "n"] } })).toEqual([
      twice("e", "a", "route GET /0"),
    ]);
  });

  test("is refused for each branch that does", async () => {
    const edges = "a > c, a > d, b > f, b > g, c > e, d > e, f > e, g > e, e ~ a, e @";
    expect(await messagesFor({ routes: [["a", "b"]], edges, joins: { e: ["c", "d", "f", "g"] } })).toEqual([
      twice("e", "a", "route GET /0"),
      twice("e", "b", "route GET /0"),
    ]);
  });
});

describe("a branch that brings a join one part is not doubted when", () => {
  test.each<[string, Sketch]>([
    [
      "a join of its own gathers its copies",
      {
        routes: [["a", "b"]],
        edges: "a > c, a > d, c > k, d > k, k > e, b > e, e @",
        joins: { k: ["c", "d"], e: ["b", "k"] },
      },
    ],
    [
      "two joins gather its copies within copies",
      {
        routes: [["a", "b"]],
        edges: "a > c, a > d, c > f, c > g, f > i, g > i, i > k, d > k, k > e, b > e, e @",
        joins: { i: ["f", "g"], k: ["d", "i"], e: ["b", "k"] },
      },
    ],
    [
      "its worker chooses one of the ways",
      { routes: [["a", "b"]], edges: "a ~ c, a ~ d, b > e, c > e, d > e, e @", joins: { e: ["b", "c", "d"] } },
    ],
    [
      "a value takes one of the ways, and the other is chosen",
      { routes: [["a", "b"]], edges: "a > c, a ~ e, b > e, c > e, e @", joins: { e: ["a", "b", "c"] } },
    ],
    [
      "its other copies lead elsewhere",
      {
        routes: [["a", "b"]],
        edges: "a > c, a > log, a @, log > end, log @, end @, c > e, b > e, e @",
        joins: { e: ["b", "c"] },
      },
    ],
    [
      "its copies are gathered by the same join",
      { routes: [["a", "x"]], edges: "a > c, a > d, x > c, x > d, c > e, d > e, e @", joins: { e: ["c", "d"] } },
    ],
    ["it is the bypass", { routes: [["a"]], edges: "a > b, a > e, b > e, e @", joins: { e: ["a", "b"] } }],
    [
      "the join before it gathers the same copies",
      {
        routes: [["a", "b"]],
        edges: "a > k, b > k, k > m, k > n, m > e, n > e, e @",
        joins: { k: ["a", "b"], e: ["m", "n"] },
      },
    ],
    [
      "it goes round in a cycle that every value follows",
      {
        routes: [["a", "b"]],
        edges: "a > c, c > a, a > e, b > e, e @",
        joins: { e: ["a", "b"] },
      },
    ],
    [
      "it doubles too often to be followed",
      {
        routes: [["s0", "b"]],
        edges: [
          ...Array.from({ length: 12 }, (_, n) => `s${n} > l${n}, s${n} > r${n}, l${n} > s${n + 1}, r${n} > s${n + 1}`),
          "s12 > e, b > e, e @",
        ].join(", "),
        joins: { e: ["b", "s12"] },
      },
    ],
  ])("%s", async (_, sketch) => {
    expect(await messagesFor(sketch)).toEqual([]);
  });
});

test("rules have names of their own", () => {
  const names = [...topologyRules, ...graphRules].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
