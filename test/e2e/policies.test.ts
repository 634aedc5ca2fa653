import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "../helpers/http.js";
import { World, type Zpipe } from "../helpers/zpipe.js";

const world = new World();
let zpipe: Zpipe;
beforeAll(async () => {
  zpipe = await world.up("policies.toml");
});
afterAll(() => world.close());

/**
 * Holds the stage's only worker, lets the paths queue up, those of one list in any order but before the next list, and
 * lets go. Gives the names in the order of their turns.
 */
async function turns(stage: string, holder: string, ...waves: readonly (readonly string[])[]): Promise<string[]> {
  const hold = new AbortController();
  const held = ask(zpipe.url + holder, { signal: hold.signal }).catch(() => undefined);
  await zpipe.looks("the worker is held", ({ stages }) => stages.some((it) => it.name === stage && it.inFlight === 1));
  const answers: Promise<{ json: unknown }>[] = [];
  for (const wave of waves) {
    answers.push(...wave.map((path) => ask(zpipe.url + path)));
    await zpipe.looks("the jobs are queued", ({ stages }) =>
      stages.some((it) => it.name === stage && it.depth === answers.length),
    );
  }
  hold.abort();
  await held;
  const results = (await Promise.all(answers)).map(({ json }) => json as { name: string; turn: number });
  return results.sort((a, b) => a.turn - b.turn).map(({ name }) => name);
}

test("with the policy priority, what is urgent overtakes what came before it", async () => {
  const order = await turns("urgent", "/urgent/low/hold", ["/urgent/low/a"], ["/urgent/low/b"], ["/urgent/high/c"]);
  expect(order).toEqual(["c", "a", "b"]);
});

test("with the policy fair, one user's many jobs do not hold up another's few", async () => {
  const many = ["a", "a", "a", "a"].map((name) => `/shared/alice/${name}`);
  const few = ["/shared/bob/b", "/shared/bob/b"];
  expect(await turns("shared", "/shared/alice/hold", many, few)).toEqual(["a", "b", "a", "b", "a", "a"]);
});

test("with the policy earliest-deadline, what times out first is next", async () => {
  const order = await turns("timely", "/timely/late/hold", ["/timely/late/a"], ["/timely/soon/b"]);
  expect(order).toEqual(["b", "a"]);
});
