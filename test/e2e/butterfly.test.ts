import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { linesOf } from "../helpers/place.js";
import { EXAMPLES, eventually, kill, World } from "../helpers/zpipe.js";

const BUTTERFLY = join(EXAMPLES, "butterfly/topology.toml");
/** Abundant and perfect numbers up to 10,000: OEIS A302991 and A000396. */
const ABUNDANT = 2488;
const PERFECT = [6, 28, 496, 8128];

const world = new World();
afterAll(() => world.close());

interface Result {
  readonly number: number;
  readonly factors: readonly number[];
  readonly kind: string;
}

test("the butterfly collects each number once, and rightly, though workers of both its layers are killed", async () => {
  const program = world.start("run", BUTTERFLY, "--name", "butterfly");
  await program.says(/"number":/);
  // Nobody reads the results for now, so that it cannot come to its end.
  program.pause();
  const nodes = async () => (await world.ps("butterfly")).nodes;
  const victims = (await nodes()).filter(({ name }) => name === "factorise.2" || name === "classify.1");
  expect(victims).toHaveLength(2);
  for (const { pid } of victims) kill(pid!);
  await eventually("both are there again", async () => {
    const again = (await nodes()).filter(({ restarts, state }) => restarts === 1 && state === "running");
    return again.length === 2;
  });
  program.resume();
  const { code, stdout, stderr } = await program.ended;
  expect([code, stderr]).toEqual([0, expect.stringContaining("10000 jobs done")]);
  const results = linesOf(stdout).map((line) => JSON.parse(line) as Result);
  expect(results.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 10_000 }, (_, i) => i + 1),
  );
  const wrong = results.filter(({ number, factors }) => factors.reduce((product, p) => product * p, 1) !== number);
  expect(wrong).toEqual([]);
  const numbersOf = (wanted: string) => results.filter(({ kind }) => kind === wanted).map(({ number }) => number);
  expect(numbersOf("abundant")).toHaveLength(ABUNDANT);
  expect(numbersOf("perfect").sort((a, b) => a - b)).toEqual(PERFECT);
});
