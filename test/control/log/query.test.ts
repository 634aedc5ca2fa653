import { describe, expect, test } from "vitest";
import { type LogQuery, matches } from "../../../src/control/log/query.js";
import type { LogEntry } from "../../../src/control/types.js";

const ALL: LogQuery = { nodes: [], since: undefined, grep: undefined, level: undefined };
const entry = (changes: Partial<LogEntry> = {}): LogEntry => ({
  time: 1_000,
  node: "sum.1",
  text: "hello",
  ...changes,
});

describe("entries of a node", () => {
  test.each([
    ["sum.1", "sum.1", true],
    ["sum.1", "sum", true],
    ["sum", "sum", true],
    ["sum.12", "sum.1", false],
    ["sum-up.1", "sum", false],
    ["sum.1.x", "sum", false],
    ["summary.1", "sum", false],
  ])("%s is among those of %s: %s", (node, name, expected) => {
    expect(matches(entry({ node }), { ...ALL, nodes: ["other", name] })).toBe(expected);
  });

  test("are also those that zpipe says about it", () => {
    const died = entry({ node: "zpipe", about: "sum.1" });
    for (const name of ["sum.1", "sum", "zpipe"]) expect(matches(died, { ...ALL, nodes: [name] })).toBe(true);
    expect(matches(died, { ...ALL, nodes: ["sum.2"] })).toBe(false);
  });
});

describe("a level and those above", () => {
  test.each([
    [{ level: "debug" }, "debug"],
    [{ level: "error" }, "debug info warn error"],
    [{ stream: "stdout" }, "debug info"],
    [{ stream: "stderr" }, "debug info warn"],
  ] as const)("%j is shown at %s", (changes, levels) => {
    const shown = (["debug", "info", "warn", "error"] as const).filter((level) =>
      matches(entry(changes), { ...ALL, level }),
    );
    expect(shown.join(" ")).toBe(levels);
  });
});

test("a pattern is looked for in the text, a time is the first that is shown", () => {
  expect(matches(entry(), { ...ALL, grep: /^hel+o$/ })).toBe(true);
  expect(matches(entry(), { ...ALL, grep: /sum/ })).toBe(false);
  expect(matches(entry(), { ...ALL, since: 1_000 })).toBe(true);
  expect(matches(entry(), { ...ALL, since: 1_001 })).toBe(false);
});
