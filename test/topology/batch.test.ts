import { describe, expect, test } from "vitest";
import { topologyOf } from "./support.js";

const BATCH = `
[sources.in]
stdin = true
to = "a"
[stages.a]
command = ["work"]
[sinks.out]
stdout = true
[[edges]]
from = "a"
to = "out"
`;

test("a minimal batch gets every default", async () => {
  const { server, sources, stages } = await topologyOf(BATCH);
  expect(server).toBeUndefined();
  expect(sources).toEqual([
    {
      name: "in",
      input: { kind: "stdin" },
      to: ["a"],
      maxInFlight: 4096,
      maxInFlightBytes: 64 * 1024 ** 2,
      timeoutMs: undefined,
      priority: 0,
      limit: undefined,
      checkpoint: undefined,
      after: [],
      despiteFailures: false,
      env: {},
    },
  ]);
  expect(stages.map(({ name, role }) => [name, role])).toEqual([
    ["a", "stage"],
    ["out", "sink"],
  ]);
  expect(stages[1]).toMatchObject({
    run: { kind: "stdout" },
    workers: { initial: 1 },
    concurrency: 1,
    join: undefined,
  });
});

describe("a source", () => {
  test("has all that it is given, with paths from its file", async () => {
    const text = BATCH.replace(
      'stdin = true\nto = "a"',
      `run = "make.ts"
to = ["a", "b"]
max_in_flight = 5
max_in_flight_bytes = "1KiB"
timeout = "2s"
priority = 9
checkpoint = "state/in.progress"
env = { N = "1" }
[stages.b]
command = ["work"]
[[edges]]
from = "b"
to = "out"`,
    );
    const { sources } = await topologyOf(text, { "make.ts": "" });
    expect(sources[0]).toEqual({
      name: "in",
      input: { kind: "module", path: "/t/make.ts" },
      to: ["a", "b"],
      maxInFlight: 5,
      maxInFlightBytes: 1024,
      timeoutMs: 2000,
      priority: 9,
      limit: undefined,
      checkpoint: "/t/state/in.progress",
      after: [],
      despiteFailures: false,
      env: { N: "1" },
    });
  });

  test("may be reached by a loopback, which says no more than what is so anyway", async () => {
    const { edges } = await topologyOf(`${BATCH}[[edges]]\nfrom = ["a", "out"]\nto = "in"\nloopback = true\n`);
    expect(edges.map(({ from, to, loopback }) => [from, to, loopback])).toContainEqual(["out", "in", true]);
  });
});

describe("a sink", () => {
  test("may be a file, from its own file, or a module with a pool of its own", async () => {
    const included =
      '[sinks.file]\nfile = "out.jsonl"\n[sinks.module]\nrun = "take.js"\nworkers = { min = 2, max = 4 }\nconcurrency = 3\n';
    const text = `include = ["parts/sinks.toml"]${BATCH}[[edges]]\nfrom = "a"\nto = ["file", "module"]\n`;
    const { stages } = await topologyOf(text, { "parts/sinks.toml": included, "parts/take.js": "" });
    expect(stages.slice(1)).toMatchObject([
      { name: "out" },
      { name: "file", role: "sink", run: { kind: "file", path: "/t/parts/out.jsonl" } },
      {
        name: "module",
        role: "sink",
        run: { kind: "module", path: "/t/parts/take.js" },
        workers: { min: 2, max: 4, initial: 2 },
        concurrency: 3,
      },
    ]);
  });
});
