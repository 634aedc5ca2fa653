import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ask } from "../helpers/http.js";
import { EXAMPLES, eventually, kill, World } from "../helpers/zpipe.js";

const world = new World();
afterAll(() => world.close());

test("each probe measures at each tick, also one that was added, and the board is full again after its death", async () => {
  const file = join(EXAMPLES, "monitor/topology.toml");
  const program = world.start("up", file, "--name", "monitor", "--placement", "hub", "--listen", "http://127.0.0.1:0");
  await world.looks("monitor", "it runs", ({ run }) => run.state === "running" && run.url !== undefined);
  const { run } = await world.ps("monitor");
  /** Resolves when all of them, and no others, have measured at one and the same tick. */
  const measured = (...probes: readonly string[]) =>
    eventually(`${probes} have measured`, async () => {
      const board = (await ask(`${run.url}/hosts`)).json as readonly { probe: string; tick: number }[];
      const ticks = new Set(board.map(({ tick }) => tick));
      return ticks.size === 1 && board.map(({ probe }) => probe).join() === probes.join();
    });
  await measured("probe.1", "probe.2", "probe.3");
  await world.run("scale", "probe", "4", "--name", "monitor");
  await measured("probe.1", "probe.2", "probe.3", "probe.4");
  kill((await world.ps("monitor")).nodes.find(({ name }) => name === "board.1")!.pid!);
  await measured("probe.1", "probe.2", "probe.3", "probe.4");
  await world.looks("monitor", "ticks went on", ({ sources }) =>
    sources.some(({ done, failed }) => done > 2 && failed === 0),
  );
  program.signal("SIGINT");
  expect((await program.ended).code).toBe(0);
  await world.deserted();
});
