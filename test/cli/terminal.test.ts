import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mustLeaveTerminal } from "../../src/cli/terminal.js";
import { overTheLast } from "../../src/cli/watch-graph.js";
import { loadTopology } from "../../src/topology/load.js";
import type { Topology } from "../../src/topology/types.js";
import { EXAMPLES } from "../helpers/zpipe.js";

async function example(file: string): Promise<Topology> {
  const result = await loadTopology(join(EXAMPLES, file));
  if (!("topology" in result)) throw new Error("it has problems");
  return result.topology;
}

describe("a dashboard of one's own run", () => {
  test("is refused where a source reads the keys, or a sink writes across it", async () => {
    const collatz = await example("collatz.toml");
    expect(() => mustLeaveTerminal(collatz)).toThrow(/source numbers reads standard input/);
    expect(() => mustLeaveTerminal({ ...collatz, sources: [] })).toThrow(/sink out writes to standard output/);
    expect(() => mustLeaveTerminal({ ...collatz, sources: [], stages: [] })).not.toThrow();
  });

  test("is for all that leave the terminal alone", async () => {
    const euler6 = await example("euler6.toml");
    expect(() => mustLeaveTerminal(euler6)).not.toThrow();
  });
});

describe("a drawing over the last one", () => {
  test("clears what was there", () => {
    expect(overTheLast("one\ntwo", 80, 24)).toBe("\x1b[Hone\x1b[K\ntwo\x1b[K\n\x1b[J");
  });

  test("leaves out what the screen has no room for, so that nothing scrolls", () => {
    const drawn = overTheLast("12345\n2\n3\n4\n5", 4, 4);
    expect(drawn).toBe("\x1b[H1234\x1b[K\n2\x1b[K\n…\x1b[K\n\x1b[J");
    expect(drawn.split("\n")).toHaveLength(4);
  });
});
