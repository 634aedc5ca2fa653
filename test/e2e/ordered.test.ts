import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { eventually, kill, World } from "../helpers/zpipe.js";

const COUNT = 1500;
const HALF = COUNT / 2;

/** Jobs of which the second half waits for a file called `go`, and that take from 0 to 4 ms, in no order; every hundredth fails, every tenth gives nothing, every seventh two lines. */
function project(world: World): { readonly file: string; readonly out: string; readonly go: string } {
  const at = (name: string) => join(world.directory, name);
  writeFileSync(
    at("work.mjs"),
    `import { existsSync } from "node:fs";
export default async ({ n }) => {
  while (n >= ${HALF} && !existsSync(${JSON.stringify(at("go"))})) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, (n * 7919) % 5));
  if (n % 100 === 50) throw new Error("fifty");
  return n % 10 === 3 ? [] : n;
};`,
  );
  writeFileSync(
    at("twice.mjs"),
    `import { to } from "zpipe";
export default (n) => (Array.isArray(n) ? to("none", n) : n % 7 === 0 ? [to("out", n), to("out", -n)] : to("out", n));`,
  );
  writeFileSync(at("twice.ts"), readFileSync(at("twice.mjs"), "utf8").replace("(n)", "(n: any)"));
  writeFileSync(at("none.mjs"), "export default () => {};");
  writeFileSync(at("jobs.jsonl"), Array.from({ length: COUNT }, (_, n) => `{"n":${n}}\n`).join(""));
  writeFileSync(
    at("t.toml"),
    `
[sources.jobs]
file          = "jobs.jsonl"
to            = "work"
max_in_flight = 200
[stages.work]
run         = "./work.mjs"
workers     = 3
concurrency = 10
[stages.twice]
run     = "./twice.ts"
workers = 2
[sinks.out]
file = "out.jsonl"
[sinks.none]
run = "./none.mjs"
[[edges]]
from = "work"
to   = "twice"
[[edges]]
from  = "twice"
to    = ["out", "none"]
route = "choose"
`,
  );
  return { file: at("t.toml"), out: at("out.jsonl"), go: at("go") };
}

function wanted(): number[] {
  return Array.from({ length: COUNT }, (_, n) => n)
    .filter((n) => n % 100 !== 50 && n % 10 !== 3)
    .flatMap((n) => (n % 7 === 0 ? [n, -n] : [n]));
}

function linesOf(out: string): number[] {
  return readFileSync(out, "utf8").trimEnd().split("\n").map(Number);
}

/** The two lines of one job have no order among them. */
function byJob(lines: readonly number[]): string[] {
  const groups = new Map<number, number[]>();
  for (const line of lines) groups.set(Math.abs(line), [...(groups.get(Math.abs(line)) ?? []), line]);
  return [...groups].map(([n, own]) => `${n}: ${[...new Set(own.map((line) => line + 0))].sort((a, b) => b - a)}`);
}

function newWorld(): World {
  const world = new World();
  onTestFinished(() => world.close());
  return world;
}

test("results are written in the order of the jobs, whatever fails, gives nothing or gives several", async () => {
  const world = newWorld();
  const { file, out, go } = project(world);
  writeFileSync(go, "");
  const { code, stderr } = await world.run("run", file, "--ordered");
  expect([code, stderr]).toEqual([1, expect.stringContaining(`${COUNT - 15} jobs done`)]);
  const lines = linesOf(out);
  expect(lines.length).toBe(wanted().length);
  expect(byJob(lines)).toEqual(byJob(wanted()));
});

test("the order is kept when the sink and a proxy are killed, though some may be written twice", async () => {
  const world = newWorld();
  const { file, out, go } = project(world);
  const run = world.start("run", file, "--ordered", "--name", "ordered");
  const find = async (name: string): Promise<number> => {
    const { nodes } = await world.ps("ordered");
    return nodes.find((node) => node.name === name)!.pid!;
  };
  await eventually("something is written", () => {
    try {
      return readFileSync(out).length > 100;
    } catch {
      return false;
    }
  });
  kill(await find("out"));
  await eventually("the sink is there again", async () => {
    const { nodes } = await world.ps("ordered");
    return nodes.some(({ name, restarts, state }) => name === "out" && restarts === 1 && state === "running");
  });
  kill(await find("work"));
  writeFileSync(go, "");
  expect((await run.ended).code).toBe(1);
  // In the order of first appearance; what was written, but not confirmed before the death, comes again.
  expect(byJob(linesOf(out))).toEqual(byJob(wanted()));
});

test("a topology without a sink that could keep it is refused", async () => {
  const world = newWorld();
  const file = join(world.directory, "t.toml");
  const none = join(world.directory, "none.mjs");
  writeFileSync(none, "export default () => {};");
  writeFileSync(
    file,
    `[sources.in]\nstdin = true\nto = "end"\n[sinks.end]\nrun = "./none.mjs"\n[stages.idle]\nrun = "./none.mjs"\n[[edges]]\nfrom = "idle"\nto = "end"\n`,
  );
  const { code, stderr } = await world.run("run", file, "--ordered");
  expect([code, stderr]).toEqual([2, expect.stringContaining("no source leads to stage")]);
  writeFileSync(file, `[sources.in]\nstdin = true\nto = "end"\n[sinks.end]\nrun = "./none.mjs"\n`);
  const refused = await world.run("run", file, "--ordered");
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining("no sink that could write its results in order"),
  ]);
});
