import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ask } from "../helpers/http.js";
import { EXAMPLES, eventually, kill, World, type Zpipe } from "../helpers/zpipe.js";

const COLUMNS = [0, 1, 2, 3, 4, 5];

const world = new World();
afterAll(() => world.close());

interface Found {
  readonly worker: string;
  readonly loaded: boolean;
}

async function height(zpipe: Zpipe, column: number): Promise<Found> {
  const { status, headers, json } = await ask(`${zpipe.url}/height?x=${column * 1000}&y=0`);
  expect(status).toBe(200);
  expect(json).toMatchObject({ x: column * 1000, y: 0 });
  return { worker: String(headers["x-worker"]), loaded: headers["x-tile"] === "loaded" };
}

/** One tile after the other. */
async function heights(zpipe: Zpipe, columns = COLUMNS): Promise<Found[]> {
  const found: Found[] = [];
  for (const column of columns) found.push(await height(zpipe, column));
  return found;
}

/** Many points of every tile, all at once. */
async function many(zpipe: Zpipe): Promise<Found[]> {
  return Promise.all(Array.from({ length: 5 }, () => COLUMNS.map((column) => height(zpipe, column))).flat());
}

function ready(zpipe: Zpipe, stage: string, workers: number, restarts: number): Promise<void> {
  return zpipe.looks(`${workers} workers, ${restarts} restarts`, ({ stages, nodes }) => {
    const started = nodes.reduce((sum, node) => sum + node.restarts, 0);
    return stages.find(({ name }) => name === stage)!.workers.ready === workers && started === restarts;
  });
}

test("points go to workers that have their tile, also when workers have died, come and gone", async () => {
  // Room for all, since what a worker has to give up depends on who comes first.
  const settings = ["--set", "load_ms=20", "--set", "keep=8"];
  const zpipe = await world.up(join(EXAMPLES, "tiles/topology.toml"), "--placement", "hub", ...settings);
  const first = await heights(zpipe);
  expect(first.every(({ loaded }) => loaded)).toBe(true);
  // What has to be loaded is spread.
  expect(new Set(first.map(({ worker }) => worker)).size).toBe(3);
  const atHand = first.map(({ worker }) => ({ worker, loaded: false }));
  await zpipe.looks("each tile is advertised by who has loaded it", ({ nodes }) => {
    const tiles = (worker: string) => nodes.find(({ name }) => name === worker)!.advertises?.tiles ?? [];
    return nodes.flatMap(({ name }) => tiles(name)).length === COLUMNS.length && tiles(first[0]!.worker).length > 0;
  });
  const second = await many(zpipe);
  expect(second).toEqual(Array.from({ length: 5 }, () => atHand).flat());
  const all = await Promise.all(Array.from({ length: 10 }, () => height(zpipe, 99)));
  expect(all.filter(({ loaded }) => loaded)).toHaveLength(1);

  const victim = first[0]!.worker;
  const { pid } = (await zpipe.ps()).nodes.find(({ name }) => name === victim)!;
  const asked = many(zpipe);
  kill(pid!);
  await asked;
  await ready(zpipe, "heights", 3, 1);
  const third = await heights(zpipe);
  for (const [column, { worker }] of first.entries()) {
    if (worker !== victim) expect(third[column]).toEqual(atHand[column]);
  }
  // The tiles that died with it were loaded again, if not before, then now.
  const fourth = await heights(zpipe);
  expect(fourth.some(({ loaded }) => loaded)).toBe(false);

  await zpipe.scale("heights", "4");
  await ready(zpipe, "heights", 4, 1);
  const used = new Set([...third, ...fourth].map(({ worker }) => worker));
  expect((await heights(zpipe)).some(({ loaded }) => loaded)).toBe(false);
  const [other] = await heights(zpipe, [6]);
  expect(other!.loaded).toBe(true);
  expect(used).not.toContain(other!.worker);

  const rest = many(zpipe);
  await zpipe.scale("heights", "2");
  await rest;
  await many(zpipe);
  const { code } = await zpipe.stop();
  expect(code).toBe(0);
});

test("jobs wait for the worker that advertises what they need, if the stage wants that", async () => {
  const zpipe = await world.up("held.toml", "--placement", "hub");
  const waiting = ask(`${zpipe.url}/held/lamp`);
  await zpipe.looks("one waits, though both workers are idle", ({ stages }) => stages[0]!.depth === 1);
  expect((await ask(`${zpipe.url}/soon/lamp`)).status).toBe(504);
  const told = await ask(`${zpipe.url}/hold/lamp`);
  expect((await waiting).json).toBe(told.json);
  const all = await Promise.all(Array.from({ length: 10 }, () => ask(`${zpipe.url}/held/lamp`)));
  expect(new Set(all.map(({ json }) => json))).toEqual(new Set([told.json]));

  kill((await zpipe.ps()).nodes.find(({ name }) => name === told.json)!.pid!);
  await ready(zpipe, "keepers", 2, 1);
  const again = ask(`${zpipe.url}/held/lamp`);
  await zpipe.looks("what the dead one held, nobody holds", ({ stages }) => stages[0]!.depth === 1);
  await ask(`${zpipe.url}/hold/lamp`);
  expect((await again).status).toBe(200);

  await ask(`${zpipe.url}/hold/nonsense`);
  await eventually("what is nonsense is in the log", async () => {
    const { stdout } = await world.run("logs", "--name", zpipe.name);
    return stdout.includes('"things", which a worker advertises, must be a text');
  });
  await zpipe.stop();
});
