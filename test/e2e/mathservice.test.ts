import { Agent } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "../helpers/http.js";
import { wrongAnswers } from "../helpers/samples.js";
import { EXAMPLES, World, type Zpipe } from "../helpers/zpipe.js";

const MATHSERVICE = join(EXAMPLES, "mathservice/topology.toml");
/** Terms that a worker of `sums` adds up in one step. */
const STEP = 2000;

const world = new World();
afterAll(() => world.close());

let zpipe: Zpipe;
beforeAll(async () => {
  zpipe = await world.up(MATHSERVICE);
});

test("derivatives, sums and integrals give their samples' answers", async () => {
  expect(await wrongAnswers(MATHSERVICE, zpipe.url)).toEqual([]);
});

test("each kind of question is the work of one pool", async () => {
  const received = async () => (await zpipe.ps()).stages.map(({ name, received }) => [name, received] as const);
  const before = new Map(await received());
  const count = 7;
  for (let i = 0; i < count; i++) await ask(`${zpipe.url}/integral?c=1&to=${i}`);
  const after = await received();
  const more = after.map(([name, n]) => [name, n - before.get(name)!]);
  expect(more).toEqual([
    ["derivatives", 0],
    ["sums", 0],
    ["integrals", count],
  ]);
});

test("work of many iterations goes round in steps: a short request passes fifty long ones", async () => {
  const STEPS = 200;
  const order: string[] = [];
  const agent = new Agent({ keepAlive: true });
  const last = STEPS * STEP;
  const sum = (to: number, client: string) => ask(`${zpipe.url}/sum?c=0&c=1&to=${to}&client=${client}`, { agent });
  const long = Array.from({ length: 50 }, async () => {
    const { json } = await sum(last, "many");
    order.push("long");
    return json;
  });
  // It waits behind one step of each that came before.
  await sum(10, "many");
  const short = await sum(10, "one");
  order.push("short");
  expect(short.json).toEqual({ sum: 55, steps: 1 });
  for (const answer of await Promise.all(long)) expect(answer).toEqual({ sum: (last * (last + 1)) / 2, steps: STEPS });
  // In one piece the first long ones would be done before anybody's next job.
  expect(order[0]).toBe("short");
  agent.destroy();
});
