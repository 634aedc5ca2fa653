import { expect, test } from "vitest";
import { COLLATZ } from "../graph/snapshots.js";
import { SNAPSHOT } from "./samples.js";
import { notOfSchema } from "./schema.js";

test.each([
  ["a run with everything", SNAPSHOT],
  ["a batch", COLLATZ],
])("%s is as the published schema says", (_, snapshot) => {
  expect(notOfSchema(snapshot)).toEqual([]);
});

test("what the schema does not know, and what is not there, is noted with its place", () => {
  const [node] = SNAPSHOT.nodes;
  const { depth: _, ...stage } = SNAPSHOT.stages[0]!;
  const wrong = { ...SNAPSHOT, nodes: [{ ...node, colour: "red", state: "asleep" }], stages: [stage] };
  expect(notOfSchema(wrong)).toEqual([
    expect.stringMatching(/^\/nodes\/0 .*"colour"/),
    expect.stringMatching(/^\/nodes\/0\/state .*"starting"/),
    expect.stringMatching(/^\/stages\/0 .*"depth"/),
  ]);
});
