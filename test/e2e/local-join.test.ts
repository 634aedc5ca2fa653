import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { World } from "../helpers/zpipe.js";

const FILE = fileURLToPath(new URL("topologies/local.toml", import.meta.url));

test("without keys workers of this machine find a topology by its beacon, and tell of their deaths", {
  timeout: 120_000,
}, async () => {
  const world = new World();
  onTestFinished(() => world.close());
  const zpipe = await world.up(FILE);
  const joined = world.start("join", FILE, "--workers", "square=1", "--host", "here");
  await zpipe.looks("the worker is there", ({ stages }) => stages[0]!.workers.remote === 1);
  const ask = (n: number) => fetch(`${zpipe.url}/?n=${n}`);
  expect(await (await ask(7)).json()).toEqual({ square: 49 });
  expect((await ask(-1)).status).toBe(500);
  await joined.says(/zpipe error square@here\.1 exited unexpectedly \(exit code 7\); starting it again/);
  expect(await (await ask(8)).json()).toEqual({ square: 64 });
  joined.signal("SIGINT");
  expect((await joined.ended).code).toBe(0);
  expect((await zpipe.stop()).code).toBe(0);
});
