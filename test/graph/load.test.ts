import { expect, test } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { loadGraph } from "../../src/graph/load.js";
import { inMemory } from "../topology/support.js";
import { EULER6, textOf } from "./support.js";

test("a sound file gives its topology and its graph", async () => {
  const result = await loadGraph("/t/main.toml", inMemory({ "main.toml": textOf(EULER6) }));
  if (!result.ok) throw new Error("it has mistakes");
  expect(result.graph).toEqual(buildGraph(result.topology));
});

test("mistakes of the values and of the graph come together", async () => {
  const text = textOf({ routes: [["a"]], edges: "a > b" }).replace("[server]", '[server]\ntimeout = "2"');
  const result = await loadGraph("/t/main.toml", inMemory({ "main.toml": text }));
  expect(result.ok ? [] : result.diagnostics.map(({ line, column }) => [line, column])).toEqual([
    [2, 11],
    [8, 1],
  ]);
});
