import { Agent } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, ask } from "../helpers/http.js";
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
  const agent = new Agent({ keepAlive: true });
  const last = STEPS * STEP;
  const sum = (to: number, client: string) => ask(`${zpipe.url}/sum?c=0&c=1&to=${to}&client=${client}`, { agent });
  const long = Array.from({ length: 50 }, () => sum(last, "many"));
  const short = await sum(10, "one");
  expect(short.json).toEqual({ sum: 55, steps: 1 });
  const answers = await Promise.all(long);
  for (const { json } of answers) expect(json).toEqual({ sum: (last * (last + 1)) / 2, steps: STEPS });
  // In one piece the first long ones would be done before anybody's next job. By the server's clock: this process may see
  // only later, and all at once, what has come.
  const control = await world.control(zpipe.name);
  const endOf = async ({ headers }: Answer) => {
    const { startedAt, latencyMs } = await control.trace(`${headers["x-request-id"]}`);
    return startedAt + latencyMs!;
  };
  const end = await endOf(short);
  for (const answer of answers) expect(await endOf(answer)).toBeGreaterThan(end);
  agent.destroy();
});
