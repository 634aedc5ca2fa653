import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import type { NodeSnapshot } from "../../src/metrics/snapshot.js";
import { ask } from "../helpers/http.js";
import { OpenLoad } from "../helpers/open-load.js";
import { Random } from "../helpers/random.js";
import { World, type Zpipe } from "../helpers/zpipe.js";
import { chaosQuestion } from "./questions.js";

/** Links are given up when nothing was heard for 4 s. */
const SHORT_MS = 1000;
const LONG_MS = 5500;

const worlds: World[] = [];
afterAll(() => Promise.all(worlds.map((world) => world.close())));

function newWorld(): World {
  const world = new World();
  worlds.push(world);
  return world;
}

/** Stops the process of one such node, as a debugger or a laptop's lid would. */
async function stopFor(ms: number, zpipe: Zpipe, kind: NodeSnapshot["kind"], random: Random): Promise<void> {
  const { nodes } = await zpipe.ps();
  const { pid } = random.pick(nodes.filter((node) => node.kind === kind));
  process.kill(pid!, "SIGSTOP");
  await setTimeout(ms);
  process.kill(pid!, "SIGCONT");
}

/** Nobody was started again, all workers are known to their proxies, and nothing is left to do. */
async function atRest(zpipe: Zpipe): Promise<void> {
  await zpipe.looks(
    "it is at rest",
    ({ server, stages }) =>
      stages.every(
        ({ depth, inFlight, gathering, workers }) =>
          depth + inFlight + gathering === 0 && workers.idle === workers.wanted && workers.ready === workers.wanted,
      ) && server!.pending === 0,
  );
  const { nodes } = await zpipe.ps();
  expect(nodes.map(({ restarts }) => restarts)).toEqual(nodes.map(() => 0));
}

async function undisturbed(transport: string, disturb: (zpipe: Zpipe) => Promise<void>): Promise<Zpipe> {
  const zpipe = await newWorld().up("chaos.toml", "--transport", transport);
  const load = new OpenLoad(zpipe.url, { perSecond: 40, question: chaosQuestion });
  await disturb(zpipe);
  await load.stop();
  expect([load.wrong, load.got]).toEqual([[], { right: load.asked }]);
  await atRest(zpipe);
  expect((await zpipe.ps()).server).toMatchObject({ requests: load.asked, statuses: { 200: load.asked } });
  return zpipe;
}

/** They wait for a silence to be noticed most of the time: side by side they take half of it. */
describe.concurrent("while clients come at their own pace, each gets the right answer once", {
  timeout: 300_000,
}, () => {
  test("when nodes are stopped for a moment", async () => {
    const random = new Random(11);
    await undisturbed("ipc", async (zpipe) => {
      for (const kind of ["worker", "proxy", "server"] as const) await stopFor(SHORT_MS, zpipe, kind, random);
    });
  });

  test("when workers and a proxy are stopped for so long that their links are given up", async () => {
    const random = new Random(12);
    await undisturbed("tcp", async (zpipe) => {
      await Promise.all((["worker", "worker", "proxy"] as const).map((kind) => stopFor(LONG_MS, zpipe, kind, random)));
    });
  });

  test("when the server is stopped for so long", async () => {
    await undisturbed("ipc", (zpipe) => stopFor(LONG_MS, zpipe, "server", new Random(13)));
  });
});

test("a stopped worker's job is given to another, and it comes back by itself", { timeout: 300_000 }, async () => {
  const world = newWorld();
  const zpipe = await world.up("busy.toml", "--workers", "hold=2");
  const file = join(world.directory, "go");
  const answer = ask(`${zpipe.url}/?until=${file}`);
  const [, first] = await zpipe.says(/(hold\.\d) holds for /);
  const { nodes } = await zpipe.ps();
  const { pid } = nodes.find(({ name }) => name === first)!;
  process.kill(pid!, "SIGSTOP");
  await zpipe.says(/holds for .*holds for /s);
  process.kill(pid!, "SIGCONT");
  await zpipe.looks(
    "it is back, and has nothing",
    ({ stages: [hold] }) => hold!.workers.idle === 1 && hold!.inFlight === 1,
  );
  writeFileSync(file, "");
  expect((await answer).status).toBe(200);
  await atRest(zpipe);
  expect((await zpipe.ps()).stages[0]).toMatchObject({ received: 1, done: 1, redelivered: 1, failed: 0 });
});
