import { afterAll, describe, expect, test } from "vitest";
import type { NodeSnapshot } from "../../src/metrics/snapshot.js";
import { jobs, Place } from "../helpers/place.js";
import { eventually, kill, type Program, World } from "../helpers/zpipe.js";

const world = new World();
afterAll(() => world.close());

function start(place: Place, ...args: readonly string[]): Program {
  return world.start("run", place.topology, "--name", place.name, "--verbose", ...args);
}

async function nodesOf(place: Place): Promise<readonly NodeSnapshot[]> {
  return (await world.ps(place.name)).nodes;
}

function pidOf(nodes: readonly NodeSnapshot[], name: string, kind?: string): number {
  return nodes.find((node) => node.name === name && (kind === undefined || node.kind === kind))!.pid!;
}

/** Resolves when the file has so many lines; the last of them may still be cut short. */
function grows(place: Place, file: string, lines: number): Promise<void> {
  return eventually(`${file} has ${lines} lines`, () => count(place, file) >= lines);
}

function count(place: Place, file: string): number {
  try {
    return place.lines(file).length;
  } catch {
    return 0;
  }
}

/** Which of 1 to n are not among the values of these lines. */
function missing(lines: readonly string[], n: number): number[] {
  const found = new Set(lines.map((line) => (JSON.parse(line) as { n: number }).n));
  return Array.from({ length: n }, (_, i) => i + 1).filter((i) => !found.has(i));
}

/** From the `from`-th on, jobs wait for the file `go`: time to look at the run in the midst of it. */
function gated(place: Place, n: number, from: number, task: { readonly ms?: number } = {}): string {
  return jobs(n, (i) => (i < from ? { n: i } : { n: i, until: place.file("go"), ...task }));
}

describe("a sink that is a module sees each job once", { timeout: 180_000 }, () => {
  const COUNT = 600;
  const toml = `
[sources.tasks]
file          = "tasks.jsonl"
to            = "work"
max_in_flight = 300
[stages.work]
run          = "WORKERS/batch.ts"
workers      = 2
concurrency  = 10
max_attempts = 100
[stages.pass]
run          = "WORKERS/pass.js"
max_attempts = 100
[sinks.out]
run         = "WORKERS/collect.js"
workers     = 2
concurrency = 4
env         = { SEEN = "HERE/seen.jsonl", MS = "2" }
[[edges]]
from = "work"
to   = "pass"
[[edges]]
from = "pass"
to   = "out"
`;

  test.each(["separate", "hub"])("while proxies of stages and workers are killed, %s", async (placement) => {
    const place = new Place(world, toml);
    place.write("tasks.jsonl", gated(place, COUNT, 100));
    const program = start(place, "--placement", placement, "--transport", placement === "hub" ? "tcp" : "ipc");
    await grows(place, "seen.jsonl", 90);
    const nodes = await nodesOf(place);
    const proxies = placement === "separate" ? [pidOf(nodes, "work", "proxy"), pidOf(nodes, "pass", "proxy")] : [];
    // All that is admitted waits now, in their hands.
    for (const pid of proxies) kill(pid);
    kill(pidOf(nodes, "work.1"));
    place.write("go", "");
    await grows(place, "seen.jsonl", 250);
    kill(pidOf(nodes, "work.2"));
    kill(pidOf(nodes, "pass.1"));
    const { code, stderr } = await program.ended;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/600 jobs done/)]);
    const calls = place.lines("seen.jsonl").filter((line) => line.includes('"value"'));
    const seen = calls.map((line) => (JSON.parse(line) as { value: { n: number } }).value.n);
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: COUNT }, (_, i) => i + 1));
  });

  test("at least, when the sink itself is killed: what it had in hand may be seen again", async () => {
    const place = new Place(world, toml);
    place.write("tasks.jsonl", gated(place, COUNT, 100));
    const program = start(place);
    await grows(place, "seen.jsonl", 90);
    const nodes = await nodesOf(place);
    place.write("go", "");
    await grows(place, "seen.jsonl", 200);
    kill(pidOf(nodes, "out.1"));
    await grows(place, "seen.jsonl", 350);
    kill(pidOf(nodes, "out", "proxy"));
    const { code, stderr } = await program.ended;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/600 jobs done/)]);
    const calls = place.lines("seen.jsonl").filter((line) => line.includes('"value"'));
    const seen = calls.map((line) => (JSON.parse(line) as { value: { n: number } }).value.n);
    expect(new Set(seen).size).toBe(COUNT);
    // The proxy has forgotten what was not over yet, and a worker had four in hand.
    expect(seen.length - COUNT).toBeLessThanOrEqual(300 + 4 + 8);
  });
});

describe("copies, joins, scatters and loops", { timeout: 180_000 }, () => {
  const COUNT = 2000;
  const TURNS = 4;
  const stage = (name: string, more = "workers = 2") =>
    `[stages.${name}]\nrun = "WORKERS/chaos.ts"\nmax_attempts = 100\n${more}\n`;
  const edge = (from: string, to: string, route = "all") =>
    `[[edges]]\nfrom = "${from}"\nto = ${to}\nroute = "${route}"\n`;
  const toml = `
[sources.tasks]
stdin         = true
to            = ["walk", "split"]
max_in_flight = 300
${stage("walk")}${stage("split")}${stage("part")}${stage("sum", 'join = "part"')}${stage("end", 'join = ["walk", "sum"]')}
[sinks.out]
run         = "WORKERS/collect.js"
concurrency = 4
env         = { SEEN = "HERE/seen.jsonl" }
[sinks.copy]
file = "copy.jsonl"
${edge("walk", '["walk", "end"]', "choose")}${edge("split", '"part"', "choose")}
${edge("part", '"sum"')}${edge("sum", '"end"')}${edge("end", '["out", "copy"]')}`;

  test("bring every job to its sinks once, while everything else is killed", async () => {
    const place = new Place(world, toml);
    const program = start(place, "--transport", "tcp");
    const input = jobs(COUNT, (n) => ({ n })).split(/(?<=\n)/);
    program.write(input.slice(0, COUNT / TURNS).join(""));
    for (let turn = 1; turn < TURNS; turn++) {
      const before = (turn * COUNT) / TURNS;
      await grows(place, "copy.jsonl", before);
      const victims = (await nodesOf(place)).filter(
        ({ kind, name, state }) =>
          state === "running" && (kind === "proxy" || kind === "worker") && !/^(out|copy)/.test(name),
      );
      program.write(input.slice(before, before + COUNT / TURNS).join(""));
      await grows(place, "copy.jsonl", before + 50);
      for (const index of [turn * 7, turn * 5 + 3]) kill(victims[index % victims.length]!.pid!);
    }
    program.end();
    const { code, stderr } = await program.ended;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/2000 jobs done/)]);
    const results = Array.from({ length: COUNT }, (_, i) => {
      const n = i + 1;
      return JSON.stringify({ n, own: true, products: Array.from({ length: n % 5 }, (_, k) => n * k) });
    }).sort();
    expect(place.lines("copy.jsonl").sort()).toEqual(results);
    const seen = place.lines("seen.jsonl").flatMap((line) => {
      const { value } = JSON.parse(line) as { value?: unknown };
      return value === undefined ? [] : [JSON.stringify(value)];
    });
    expect(seen.sort()).toEqual(results);
  });
});

const FILE_TO_FILE = `
[sources.tasks]
SOURCE
to            = "work"
max_in_flight = 400
[stages.work]
run          = "WORKERS/batch.ts"
workers      = 2
concurrency  = 10
max_attempts = 100
[sinks.out]
file = "out.jsonl"
[[edges]]
from = "work"
to   = "out"
`;

describe("results are whole lines, and none is missing", { timeout: 180_000 }, () => {
  const COUNT = 6000;

  // In a hub they are one process, and the proxies die with them.
  test.each(["separate", "hub"])("after sink and source were killed in the midst of it, %s", async (placement) => {
    const place = new Place(world, FILE_TO_FILE.replace("SOURCE", 'file = "tasks.jsonl"'));
    // Two workers that have ten in hand do 2000 a second at the most.
    place.write("tasks.jsonl", gated(place, COUNT, 100, { ms: 10 }));
    const program = start(place, "--placement", placement);
    await grows(place, "out.jsonl", 90);
    const nodes = await nodesOf(place);
    place.write("go", "");
    await grows(place, "out.jsonl", 500);
    kill(pidOf(nodes, "out"));
    const sofar = count(place, "out.jsonl");
    await grows(place, "out.jsonl", sofar + 500);
    kill(pidOf(nodes, "tasks"));
    const { code, stderr } = await program.ended;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/6000 jobs done/)]);
    const lines = place.lines("out.jsonl");
    expect(missing(lines, COUNT)).toEqual([]);
    // What was done before is not done again, but for what was under way, and what came after the last checkpoint: the
    // work of a quarter of a second, or of twice that where the machine is busy.
    expect(lines.length).toBeLessThan(COUNT + 2 * (400 + 1000));
  });

  test("a source that reads a pipe cannot begin again, and says so", async () => {
    const place = new Place(world, FILE_TO_FILE.replace("SOURCE", "stdin = true"));
    const program = start(place);
    program.write(gated(place, 100, 50));
    await grows(place, "out.jsonl", 40);
    kill(pidOf(await nodesOf(place), "tasks"));
    const { code, stderr } = await program.ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/the source tasks died.*cannot be read again/s)]);
    expect(world.survivors()).toEqual([]);
  });
});

describe("with a checkpoint, a second run goes on where the first was", { timeout: 180_000 }, () => {
  const COUNT = 4000;
  const toml = FILE_TO_FILE.replace("SOURCE", 'file = "tasks.jsonl"\ncheckpoint = "tasks.progress"');

  test("when everything was killed", async () => {
    const place = new Place(world, toml);
    place.write(
      "tasks.jsonl",
      jobs(COUNT, (n) => ({ n, ms: n % 9 })),
    );
    const first = start(place);
    await grows(place, "out.jsonl", 1000 + Math.floor(Math.random() * 1500));
    first.signal("SIGKILL");
    await world.deserted();
    expect(place.has("tasks.progress")).toBe(true);
    const second = await start(place).ended;
    expect([second.code, second.stderr]).toEqual([0, expect.stringMatching(/4000 jobs done/)]);
    const lines = place.lines("out.jsonl");
    expect(missing(lines, COUNT)).toEqual([]);
    // The checkpoint is as old as 250 ms.
    expect(lines.length).toBeLessThan(COUNT + 1500);
    expect(place.has("tasks.progress")).toBe(false);
  });

  test("when it was interrupted, and drained: nothing is done twice", async () => {
    const place = new Place(world, toml);
    place.write(
      "tasks.jsonl",
      jobs(COUNT, (n) => ({ n, ms: n % 9, how: n === 3 ? "throw" : undefined })),
    );
    const program = start(place);
    await grows(place, "out.jsonl", 700);
    program.signal("SIGINT");
    const first = await program.ended;
    expect([first.code, first.stderr]).toEqual([130, expect.stringMatching(/stopped before its end/)]);
    const done = place.lines("out.jsonl").length;
    expect(done).toBeLessThan(COUNT);
    expect(first.stderr).toMatch(
      new RegExp(`: ${done} jobs done .*, 1 failed; stopped before its end\n  line 3: stage "work": `),
    );
    expect(place.has("tasks.progress")).toBe(true);
    const second = await start(place).ended;
    expect([second.code, second.stderr]).toEqual([1, expect.stringMatching(/3999 jobs done.*, 1 failed/)]);
    expect(second.stderr).toContain(`; of these ${done} done and 1 failed before\n`);
    const lines = place.lines("out.jsonl");
    expect([lines.length, missing(lines, COUNT)]).toEqual([COUNT - 1, [3]]);
  });

  test("of a pipe that is given once more", async () => {
    const place = new Place(world, toml.replace('file = "tasks.jsonl"', "stdin = true"));
    const input = gated(place, 300, 100);
    const program = start(place).end(input);
    await grows(place, "out.jsonl", 90);
    // It is written down four times a second.
    await eventually("it is written how far the source has come", () => {
      return place.has("tasks.progress") && /"floor":9\d/.test(place.text("tasks.progress"));
    });
    program.signal("SIGKILL");
    await world.deserted();
    place.write("go", "");
    const { code } = await start(place).end(input).ended;
    const lines = place.lines("out.jsonl");
    expect([code, missing(lines, 300), lines.length < 310]).toEqual([0, [], true]);
  });
});
