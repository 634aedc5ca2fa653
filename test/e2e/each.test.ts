import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { StageSnapshot } from "../../src/metrics/snapshot.js";
import { post } from "../helpers/http.js";
import { kill, World } from "../helpers/zpipe.js";

const world = new World();
afterAll(() => world.close());

test("every worker of a pool gets each job; who dies is not waited for, who comes later gets what comes later", async () => {
  const zpipe = await world.up("each.toml");
  const asked = async (job: object) => (await post(zpipe.url, job)).json;
  const looks = (what: string, condition: (each: StageSnapshot, restarts: number) => boolean) =>
    zpipe.looks(what, ({ stages, nodes }) => {
      const restarts = nodes.reduce((sum, node) => sum + node.restarts, 0);
      return condition(stages.find(({ name }) => name === "each")!, restarts);
    });
  await looks("all are there", ({ workers }) => workers.ready === 2);
  expect(await asked({})).toEqual(["each.1", "each.2"]);

  const first = join(world.directory, "first");
  const withoutTheDead = asked({ until: first });
  await looks("both have it", ({ inFlight }) => inFlight === 2);
  kill((await zpipe.ps()).nodes.find(({ name }) => name === "each.2")!.pid!);
  await looks("the dead one is there again", ({ workers }, restarts) => restarts === 1 && workers.ready === 2);
  writeFileSync(first, "");
  expect(await withoutTheDead).toEqual(["each.1"]);

  const second = join(world.directory, "second");
  const withoutTheNew = asked({ until: second });
  await looks("both have the next", ({ inFlight }) => inFlight === 2);
  await zpipe.scale("each", "3");
  await looks("the third is there", ({ workers }) => workers.ready === 3);
  const withTheNew = asked({});
  await looks("all have the last", ({ received }) => received === 4);
  writeFileSync(second, "");
  expect(await Promise.all([withoutTheNew, withTheNew])).toEqual([
    ["each.1", "each.2"],
    ["each.1", "each.2", "each.3"],
  ]);
  const { code } = await zpipe.stop();
  expect(code).toBe(0);
  await world.deserted();
});
