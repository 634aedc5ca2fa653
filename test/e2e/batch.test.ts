import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { jobs, linesOf, Place } from "../helpers/place.js";
import { EXAMPLES, eventually, World } from "../helpers/zpipe.js";

const world = new World();
afterAll(() => world.close());

/** A file of jobs, a pool that does what they say, and a file for the results. */
const FILE_TO_FILE = `
[sources.tasks]
file = "tasks.jsonl"
to   = "work"
[stages.work]
run     = "WORKERS/batch.ts"
workers = 2
[sinks.out]
file = "out.jsonl"
[[edges]]
from = "work"
to   = "out"
`;

describe("collatz", { timeout: 180_000 }, () => {
  const COUNT = 300;

  test.each([
    ["separate", "ipc"],
    ["separate", "tcp"],
    ["hub", "tcp"],
    ["inline", "ipc"],
  ])("is right for every number of its input, %s over %s", async (placement, transport) => {
    const program = world.start(
      ...["run", join(EXAMPLES, "collatz.toml"), "--name", `c-${placement}-${transport}`],
      ...["--placement", placement, "--transport", transport],
    );
    const { code, stdout, stderr } = await program.end(jobs(COUNT)).ended;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/: 300 jobs done in .*\n$/)]);
    const results = linesOf(stdout).map((line) => JSON.parse(line) as { start: number; steps: number });
    results.sort((a, b) => a.start - b.start);
    expect(results).toEqual(Array.from({ length: COUNT }, (_, i) => ({ start: i + 1, steps: stepsOf(i + 1) })));
  });

  test("cannot be served: it comes to an end", async () => {
    const { code, stderr } = await world.run("run", join(EXAMPLES, "euler6.toml"));
    expect([code, stderr]).toEqual([2, expect.stringContaining("has no source, so it never comes to an end")]);
  });
});

function stepsOf(n: number): number {
  let steps = 0;
  for (let at = n; at !== 1; at = at % 2 === 0 ? at / 2 : 3 * at + 1) steps++;
  return steps;
}

describe("jobs of a file", { timeout: 180_000 }, () => {
  const place = new Place(
    world,
    `${FILE_TO_FILE}
[sinks.copy]
file = "copy.jsonl"
[sinks.parts]
stdout = true
[[edges]]
from = "work"
to   = "copy"
[[edges]]
from  = "work"
to    = "parts"
route = "choose"
`,
  );
  place.write(
    "tasks.jsonl",
    '1\n\n{"n":2,"how":"throw"}\r\n{"n":3,"how":"scatter"}\n  \n{"n":4,"how"\n{"n":5,"how":"drop"}\n{"n":6}',
  );
  const ended = () => world.run("run", place.topology, "--name", place.name, "--json");

  test("are told by their lines when they fail, and all others are done", async () => {
    const { code, stdout, stderr } = await ended();
    expect(code).toBe(1);
    // Standard output belongs to the sink.
    const parts = linesOf(stdout).map((line) => JSON.parse(line));
    expect(parts.sort((a, b) => a.i - b.i)).toEqual([0, 1, 2, 3, 4].map((i) => ({ n: 3, i })));
    const result = JSON.parse(linesOf(stderr).at(-1)!);
    expect(result).toMatchObject({ name: place.name, complete: true, done: 4, failed: 2 });
    expect(result.failures).toHaveLength(2);
    expect(result.failures).toContainEqual({ job: "line 3", stage: "work", message: "2 cannot be done" });
    expect(result.failures).toContainEqual({
      job: "line 6",
      stage: "work",
      message: expect.stringMatching(/JSON|position|expected/i),
    });
    const results = ['{"n":1,"square":1}', '{"n":6,"square":36}'];
    expect([place.lines("out.jsonl").sort(), place.lines("copy.jsonl").sort()]).toEqual([results, results]);
  });

  test("that failed are dead letters, as they came", async () => {
    const letters = await world.json<{ entry: string; payload: string; owner: string }[]>("dead-letters", place.name);
    const told = letters.map(({ owner, entry, payload }) => [owner, entry, payload]).sort();
    expect(told).toEqual([
      ["tasks", "line 3", '{"n":2,"how":"throw"}\r'],
      ["tasks", "line 6", '{"n":4,"how"'],
    ]);
    const { stdout } = await world.run("dead-letters", place.name);
    expect(stdout).toMatch(/^ID +TIME +FROM +JOB +STAGE +WHY +PAYLOAD\n/);
    expect(stdout).toMatch(/tasks +line 3 +work +2 cannot be done +\{"n":2,"how":"throw"\}/);
  });
});

describe("what cannot be kept", { timeout: 180_000 }, () => {
  const place = new Place(world, FILE_TO_FILE.replace("to ", 'checkpoint = "kept/progress"\nto '));
  place.write("tasks.jsonl", '1\n{"n":2,"how":"throw"}\n3\n');

  test("a dead letter, ends the run at once, which says so; run again, it goes on where it was", async () => {
    const letters = join(world.directory, "state", "zpipe", place.name, "dead-letters.jsonl");
    mkdirSync(letters, { recursive: true });
    const { code, stderr } = await world.run("run", place.topology, "--name", place.name);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`cannot write the dead letters ${letters}: EISDIR`)]);
    rmSync(letters, { recursive: true });
    const again = await world.run("run", place.topology, "--name", place.name, "--json");
    expect(JSON.parse(linesOf(again.stdout).at(-1)!)).toMatchObject({ complete: true, done: 2, failed: 1 });
    expect(place.has("kept/progress")).toBe(false);
  });

  test("a checkpoint, before the first job", async () => {
    const results = place.text("out.jsonl");
    rmSync(place.file("kept"), { recursive: true });
    place.write("kept", "a file");
    const { code, stderr } = await world.run("run", place.topology, "--name", place.name);
    expect(code).not.toBe(0);
    expect(stderr).toContain(`cannot write the checkpoint ${place.file("kept/progress")}: `);
    expect(place.text("out.jsonl")).toBe(results);
  });
});

describe("modules", { timeout: 180_000 }, () => {
  const place = new Place(
    world,
    `
[sources.numbers]
run           = "WORKERS/numbers.ts"
to            = "work"
max_in_flight = 7
env           = { COUNT = "400" }
[sources.pairs]
file = "pairs.jsonl"
to   = ["work2", "pass"]
[stages.work]
run         = "WORKERS/batch.ts"
concurrency = 50
env         = { SHOW = "most" }
[stages.work2]
run = "WORKERS/batch.ts"
[stages.pass]
run = "WORKERS/pass.js"
[stages.both]
run  = "WORKERS/pass.js"
join = ["work2", "pass"]
[sinks.out]
run         = "WORKERS/collect.js"
workers     = 2
concurrency = 3
env         = { SEEN = "HERE/seen.jsonl", MS = "1" }
[sinks.each]
run     = "WORKERS/collect.js"
workers = 2
deliver = "all"
env     = { SEEN = "HERE/each.jsonl" }
[[edges]]
from = ["work2", "pass"]
to   = "both"
[[edges]]
from = "both"
to   = ["out", "each"]
[[edges]]
from  = "work"
to    = "out"
route = "choose"
`,
  );

  interface Seen {
    readonly value: { readonly n: number; readonly most: number; readonly work2?: unknown; readonly pass?: unknown };
    readonly worker: string;
    readonly active: number;
    readonly setup?: string;
    readonly teardown?: boolean;
  }

  test("make jobs and take results, each once; a source joins what it has sent to several", async () => {
    place.write(
      "pairs.jsonl",
      jobs(20, (n) => ({ n: -n })),
    );
    const { code, stderr } = await world.run("run", place.topology, "--name", place.name, "--verbose");
    expect([code, stderr]).toEqual([0, expect.stringMatching(/420 jobs done/)]);
    expect(stderr).toMatch(/numbers .*numbers of t begins/);
    expect(stderr).toMatch(/numbers .*numbers has made all/);
    const seen = place.lines("seen.jsonl").map((line) => JSON.parse(line) as Seen);
    const calls = seen.filter(({ worker }) => worker !== undefined);
    const counted = calls.map(({ value }) => value.n).filter((n) => n > 0);
    expect(counted.sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
    const joined = calls.filter(({ value }) => value.pass !== undefined).map(({ value }) => JSON.stringify(value));
    expect(joined.sort()).toEqual(
      Array.from({ length: 20 }, (_, i) => -i - 1)
        .map((n) => JSON.stringify({ work2: { n, square: n * n }, pass: { n } }))
        .sort(),
    );
    expect(
      seen
        .filter(({ setup }) => setup)
        .map(({ setup }) => setup)
        .sort(),
    ).toEqual(["out.1", "out.2"]);
    expect(seen.filter(({ teardown }) => teardown)).toHaveLength(2);
    expect(new Set(calls.map(({ worker }) => worker)).size).toBe(2);
    expect(Math.max(...calls.map(({ active }) => active))).toBe(3);
    // Each worker of a sink that delivers to all gets what the other gets.
    const each = place.lines("each.jsonl").map((line) => JSON.parse(line) as Seen);
    for (const worker of ["each.1", "each.2"]) {
      const theirs = each.filter((call) => call.worker === worker).map(({ value }) => JSON.stringify(value));
      expect(theirs.sort()).toEqual(joined);
    }
    // The one worker that it has could do fifty at a time.
    expect(Math.max(...calls.map(({ value }) => value.most ?? 0))).toBeLessThanOrEqual(7);
  });
});

describe("a generator", { timeout: 180_000 }, () => {
  const toml = (breaks: string) => `
[sources.well]
run = "WORKERS/throwing.js"
to  = "pass"
env = { BREAK = "${breaks}" }
[stages.pass]
run = "WORKERS/pass.js"
[sinks.out]
stdout = true
[[edges]]
from = "pass"
to   = "out"
`;

  test("need not be async; bytes are written in base64, integers in all their digits", async () => {
    const place = new Place(world, toml(""));
    const { code, stdout } = await world.run("run", place.topology, "--name", place.name);
    expect([code, linesOf(stdout).sort()]).toEqual([
      0,
      [`"${Buffer.from("bytes").toString("base64")}"`, "null", '{"deep":[18446744073709551616]}'].sort(),
    ]);
  });

  test("that throws ends the run with its words", async () => {
    const place = new Place(world, toml("yes"));
    const { code, stderr } = await world.run("run", place.topology, "--name", place.name);
    expect([code, stderr]).toEqual([1, expect.stringContaining("the source well threw: the well is dry")]);
    expect(world.survivors()).toEqual([]);
  });
});

describe("standard output", { timeout: 180_000 }, () => {
  const toml = `
[sources.numbers]
file = "numbers.jsonl"
to   = "pass"
[stages.pass]
run = "WORKERS/pass.js"
[sinks.out]
stdout = true
[[edges]]
from = "pass"
to   = "out"
`;
  const wide = (n: number) => ({ n, text: "x".repeat(1000) });

  test("whose reader is slow keeps the source waiting, and loses nothing", async () => {
    const place = new Place(world, toml.replace("to   =", "max_in_flight = 500\nto   ="));
    place.write("numbers.jsonl", jobs(3000, wide));
    const program = world.start("run", place.topology, "--name", place.name);
    await program.says(/"n":/);
    program.pause();
    const source = async () => {
      const { sources } = await world.ps(place.name);
      return sources[0]!;
    };
    const pendings: number[] = [];
    // It reads on when a quarter of the room is free.
    await eventually("there is no more room", async () => {
      const { done, pending } = await source();
      expect(done).toBeLessThan(3000);
      return pendings.push(pending) > 10 && pending >= 375;
    });
    expect(Math.max(...pendings)).toBeLessThanOrEqual(500);
    program.resume();
    const { code, stdout } = await program.ended;
    expect([code, linesOf(stdout).length]).toEqual([0, 3000]);
    expect(new Set(linesOf(stdout)).size).toBe(3000);
  });

  test("that its reader closes ends the run, which says so", async () => {
    const place = new Place(world, toml);
    place.write("numbers.jsonl", jobs(5000, wide));
    const program = world.start("run", place.topology, "--name", place.name);
    await program.says(/"n":/);
    program.hangUp();
    const { code, stderr } = await program.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining("standard output was closed by its reader")]);
    expect(world.survivors()).toEqual([]);
  });
});
