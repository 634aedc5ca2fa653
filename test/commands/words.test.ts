import { describe, expect, test } from "vitest";
import { exampleCurl } from "../../src/cli/curl.js";
import { joinCounts, parseChanges } from "../../src/cli/scale-changes.js";
import { formatSnapshot } from "../../src/cli/snapshot-tables.js";
import { formatTable } from "../../src/cli/table.js";
import { parseWorkers } from "../../src/cli/workers-flag.js";
import { formatAdvertised, formatDuration } from "../../src/metrics/format.js";
import type { Field, Route } from "../../src/topology/types.js";
import { SNAPSHOT } from "../metrics/samples.js";
import { stage, topologyOf } from "../runtime/support.js";

describe("what scale is told", () => {
  test.each([
    [
      ["square", "4", "sum", "+1"],
      ["square=4", "sum=+1"],
    ],
    [
      ["square", "-1", "-n", "demo"],
      ["square=-1", "-n", "demo"],
    ],
    [
      ["-n", "demo", "square=4"],
      ["-n", "demo", "square=4"],
    ],
  ])("%j", (argv, joined) => {
    expect(joinCounts(argv)).toEqual(joined);
  });

  test("is a number or a change", () => {
    expect(parseChanges(["a=4", "b=+1", "c=-2"])).toEqual([
      { stage: "a", to: 4 },
      { stage: "b", to: { delta: 1 } },
      { stage: "c", to: { delta: -2 } },
    ]);
    expect(() => parseChanges(["square"])).toThrow('"square" says no number of workers');
    expect(() => parseChanges([])).toThrow("no stage was named");
  });
});

test("--workers is STAGE=NUMBER", () => {
  expect(parseWorkers(["a=1", "b=20"])).toEqual(
    new Map([
      ["a", 1],
      ["b", 20],
    ]),
  );
  expect(() => parseWorkers(["a"])).toThrow('"a" is not STAGE=NUMBER');
});

describe("the example request", () => {
  const field = (name: string, changes: Partial<Field>): Field => ({
    name,
    type: "integer",
    array: false,
    required: true,
    default: undefined,
    min: undefined,
    max: undefined,
    enum: undefined,
    maxItems: undefined,
    ...changes,
  });
  const curl = (changes: Partial<Route>) => {
    const topology = topologyOf([stage("a")]);
    const routes = [{ ...topology.server!.routes[0]!, ...changes }];
    return exampleCurl({ ...topology, server: { ...topology.server!, routes } }, "http://h:1");
  };

  test("has values that the types and bounds allow", () => {
    const query = [
      field("n", { array: true }),
      field("k", { min: 5, max: 6 }),
      field("c", { type: "string", enum: ["red"] }),
    ];
    expect(curl({ path: "/tiles/:z", params: [field("z", {})], query })).toBe(
      "curl 'http://h:1/tiles/1?n=1&n=2&n=3&k=5&c=red'",
    );
  });

  test("has a body when the route wants one", () => {
    const body = { kind: "fields", fields: [field("n", {}), field("who", { type: "string" })] } as const;
    expect(curl({ methods: ["POST"], path: "/", body })).toBe(
      `curl -X POST -H 'content-type: application/json' -d '{"n":1,"who":"hello"}' 'http://h:1/'`,
    );
  });
});

test("a table has numbers to the right and texts to the left", () => {
  expect(
    formatTable(
      ["NAME", "N"],
      [
        ["a", 1],
        ["longer", 100],
        ["b", undefined],
      ],
    ),
  ).toBe("NAME      N\na         1\nlonger  100\nb");
});

test.each([
  [850, "850ms"],
  [42_000, "42s"],
  [600_000, "10m"],
  [7_200_000, "2h"],
  [864_000_000, "10d"],
])("%d ms are %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("what a worker advertises is one short line, which acts on no terminal in ps", () => {
  expect(formatAdvertised(undefined)).toBe("");
  expect(formatAdvertised({ tiles: ["4", "7"], zoom: ["1"] })).toBe("tiles=4,7 zoom=1");
  const many = formatAdvertised({ tiles: Array.from({ length: 5000 }, (_, index) => String(index)) });
  expect(many).toHaveLength(60);
  expect(many.endsWith("…")).toBe(true);
  const nodes = SNAPSHOT.nodes.map((node) => ({ ...node, advertises: { a: ["x\ny\u001b[2J"] } }));
  expect(formatSnapshot({ ...SNAPSHOT, nodes })).toContain("a=x y\\x1b[2J");
});
