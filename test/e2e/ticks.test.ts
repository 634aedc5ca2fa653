import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { eventually, kill, World } from "../helpers/zpipe.js";

const TOPOLOGIES = join(import.meta.dirname, "topologies");
const world = new World();
afterAll(() => world.close());

test("a tick never overtakes the one before, is skipped while that is not done, and survives its source", async () => {
  const program = world.start("up", join(TOPOLOGIES, "ticking.toml"));
  await program.says(/^\{"tick":1,/m);
  const clock = async () => (await world.ps("ticking")).sources[0]!;
  // Long enough, even on a busy machine, for the end of the first to be written down.
  await eventually("ticks are skipped", async () => (await clock()).skipped > 150);
  expect(await clock()).toMatchObject({ pending: 1, done: 1, state: "reading" });

  const { nodes } = await world.ps("ticking");
  kill(nodes.find(({ name }) => name === "clock")!.pid!);
  await eventually("the source is there again", async () => {
    const snapshot = await world.ps("ticking");
    return snapshot.nodes.find(({ name }) => name === "clock")!.restarts === 1 && snapshot.sources[0]!.pending === 1;
  });
  mkdirSync(join(world.directory, "state"), { recursive: true });
  writeFileSync(join(world.directory, "state/gate"), "");
  await program.says(/^\{"tick":4,/m);
  program.signal("SIGINT");
  const { code, stdout } = await program.ended;
  expect(code).toBe(0);
  const ticks = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { tick: number; late: boolean });
  expect(ticks.map(({ tick }) => tick)).toEqual(ticks.map((_, index) => index + 1));
  expect(ticks.every(({ late }) => late)).toBe(true);
});

test("a run of ticks ends after as many as were asked for, and is refused when none are", async () => {
  const { code, stdout, stderr } = await world.run("run", join(TOPOLOGIES, "ticked.toml"));
  expect([code, stdout]).toEqual([0, '{"tick":1,"skipped":0,"late":true}\n']);
  expect(stderr).toContain("ticked: 1 job done");
  const endless = await world.run("run", join(TOPOLOGIES, "ticking.toml"));
  expect([endless.code, endless.stderr]).toEqual([2, expect.stringContaining("ticks for ever")]);
});
