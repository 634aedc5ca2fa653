import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, Load } from "../helpers/http.js";
import { linesOf } from "../helpers/place.js";
import { wrongAnswers } from "../helpers/samples.js";
import { EXAMPLES, kill, World, type Zpipe } from "../helpers/zpipe.js";

const SERVICE = join(EXAMPLES, "prime/topology.toml");
const BATCH = join(EXAMPLES, "prime/batch.toml");
const LARGE_PRIME = 32416190071;

const world = new World();
afterAll(() => world.close());

describe("the prime service", () => {
  let zpipe: Zpipe;
  beforeAll(async () => {
    zpipe = await world.up(SERVICE);
  });

  const isPrime = (number: number | string) => ask(`${zpipe.url}/is_prime?possible_prime=${number}`);

  test("gives its samples' answers, early ones and errors of both pools among them", async () => {
    expect(await wrongAnswers(SERVICE, zpipe.url)).toEqual([]);
  });

  test("knows every number up to 300, and the largest prime that a double holds", async () => {
    const numbers = Array.from({ length: 301 }, (_, number) => number);
    const answers = await Promise.all(numbers.map(async (number) => (await isPrime(number)).text));
    expect(answers).toEqual(numbers.map((number) => String(sieved(number) ? number : 2)));
    expect((await isPrime(9007199254740881)).text).toBe("9007199254740881");
  });

  test("has a page that asks, and sends it once", async () => {
    const page = await ask(`${zpipe.url}/`);
    expect([page.status, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.text).toContain('<form action="is_prime">');
    const again = await ask(`${zpipe.url}/`, { headers: { "if-none-match": page.headers.etag! } });
    expect([again.status, again.text]).toEqual([304, ""]);
    const part = await ask(`${zpipe.url}/style.css`, { headers: { range: "bytes=0-3" } });
    expect([part.status, part.headers["content-type"], part.text]).toEqual([206, "text/css; charset=utf-8", "body"]);
    expect((await ask(`${zpipe.url}/..%2ftopology.toml`)).status).toBe(404);
  });

  test("tells which stage an error is of", async () => {
    expect((await isPrime("12abc")).json).toMatchObject({ status: 400, stage: "parse" });
    expect((await isPrime("9007199254740993")).json).toMatchObject({ status: 422, stage: "compute" });
  });

  test("answers what is even in the first pool", async () => {
    const computed = async () => (await zpipe.ps()).stages.find(({ name }) => name === "compute")!.received;
    const before = await computed();
    expect((await isPrime("123456789012345678901234567890")).text).toBe("2");
    expect(await computed()).toBe(before);
  });

  test("fails none of a thousand requests over eight kept connections, while workers of both pools are killed", async () => {
    const load = new Load(zpipe.url, 8, () => ({
      path: `/is_prime?possible_prime=${LARGE_PRIME}`,
      answer: LARGE_PRIME,
    }));
    await load.more(200);
    const victims = (await zpipe.ps()).nodes.filter(({ name }) => name === "parse.1" || name === "compute.2");
    for (const { pid } of victims) {
      kill(pid!);
      await load.more(400);
    }
    await load.stop();
    expect(load.wrong).toEqual([]);
    expect(load.answered).toBeGreaterThanOrEqual(1000);
    const killed = (await zpipe.ps()).nodes.filter(({ restarts }) => restarts > 0);
    expect(killed.map(({ name }) => name).sort()).toEqual(["compute.2", "parse.1"]);
  });
});

/** The number of primes below a power of ten: OEIS A006880. */
const PRIMES_BELOW = { 10000: 1229, 100000: 9592 };

describe("the prime batch", { timeout: 180_000 }, () => {
  test.each([
    [1, 100_000],
    [8, 10_000],
  ] as const)("with %i workers a pool finds all primes below %i", async (workers, below) => {
    const counts = ["--workers", `parse=${workers}`, "--workers", `compute=${workers}`];
    const { code, stdout, stderr } = await world.launch(
      { env: { LAST: String(below) } },
      ...["run", BATCH, "--name", `primes-${workers}`, ...counts],
    ).ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining(`: ${below / 2 - 1} jobs done`)]);
    const answers = linesOf(stdout).map(Number);
    expect(answers).toHaveLength(below / 2 - 1);
    // All composite numbers have the same answer, which is the one prime that was not asked for.
    const primes = new Set(answers);
    expect(primes.size).toBe(PRIMES_BELOW[below]);
    expect([...primes].every(sieved)).toBe(true);
  });
});

function sieved(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return number > 1;
}
