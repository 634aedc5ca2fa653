import { expect, onTestFinished, test } from "vitest";
import { ask, Load } from "../helpers/http.js";
import { OpenLoad } from "../helpers/open-load.js";
import { eventually, World } from "../helpers/zpipe.js";

const MB = 2 ** 20;

function newWorld(): World {
  const world = new World();
  onTestFinished(() => world.close());
  return world;
}

test("of thousands of quick jobs, those that kill their worker fail, and no other", { timeout: 300_000 }, async () => {
  const zpipe = await newWorld().up("poison.toml");
  const isPoison = (n: number) => n % 1000 === 333;
  const load = new Load(zpipe.url, 100, (n) =>
    isPoison(n)
      ? { path: `/?n=${n}&poison=true`, answer: undefined, status: 500 }
      : { path: `/?n=${n}`, answer: { square: n * n } },
  );
  await load.more(2500);
  await load.stop();
  expect(load.wrong).toEqual([]);
  const poisons = Array.from({ length: load.asked }, (_, n) => n).filter(isPoison).length;
  expect((await zpipe.ps()).server).toMatchObject({ statuses: { 200: load.asked - poisons, 500: poisons } });
  // Each after as many deaths as max_attempts says.
  expect(zpipe.program.stderr.match(/3 workers died with this job in hand/g)).toHaveLength(poisons);
});

test("a cycle under a hundred times its load, with clients that hang up, is neither stuck nor swollen", {
  timeout: 300_000,
}, async () => {
  const zpipe = await newWorld().up("overload.toml");
  const load = new OpenLoad(zpipe.url, {
    perSecond: 1000,
    question: (n) => ({ path: `/?n=${n}`, answer: { n, round: 3 } }),
    hangUp: 0.3,
    patienceMs: 150,
    seed: 4,
  });
  await eventually("the storm is there", () => load.asked > 1000);
  const before = await zpipe.ps();
  await eventually("it has lasted", () => load.asked > 3500);
  const after = await zpipe.ps();
  await load.stop();
  const { right, 503: refused, "hung up": hungUp, ...others } = load.got;
  expect([load.wrong, others, load.unexplained]).toEqual([[], {}, 0]);
  expect(Math.min(right!, hungUp!)).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(load.asked / 2);
  for (const [i, { name, rssBytes, restarts }] of after.nodes.entries()) {
    expect(restarts).toBe(0);
    expect(rssBytes - before.nodes[i]!.rssBytes, `growth of ${name}`).toBeLessThan(80 * MB);
  }

  const askedAt = performance.now();
  expect((await ask(`${zpipe.url}/?n=7`)).json).toEqual({ n: 7, round: 3 });
  expect(performance.now() - askedAt).toBeLessThan(10_000);
  const { server, stages } = await zpipe.ps();
  expect([server!.pending, ...stages.map(({ depth, inFlight }) => depth + inFlight)]).toEqual([0, 0, 0]);
});
