import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "../helpers/http.js";
import { EXAMPLES, World, type Zpipe } from "../helpers/zpipe.js";

const VARIANTS = [
  ["separate", "ipc"],
  ["separate", "tcp"],
  ["hub", "ipc"],
  ["hub", "tcp"],
  ["inline", "ipc"],
] as const;

describe.each(VARIANTS)("euler6 with placement %s over %s", (placement, transport) => {
  const world = new World();
  let zpipe: Zpipe;
  beforeAll(async () => {
    zpipe = await world.up(join(EXAMPLES, "euler6.toml"), "--placement", placement, "--transport", transport);
  });
  afterAll(() => world.close());

  const euler = (...n: readonly (number | bigint | string)[]) =>
    ask(`${zpipe.url}/?${n.map((v) => `n=${v}`).join("&")}`);

  test("gives sum, square and difference", async () => {
    expect((await euler(1, 2, 3)).json).toEqual({ sum: 14, square: 36, diff: 22 });
    expect((await euler(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)).json).toEqual({ sum: 385, square: 3025, diff: 2640 });
    expect((await euler(42)).json).toEqual({ sum: 1764, square: 1764, diff: 0 });
  });

  test("gives results that no double can hold to the last digit", async () => {
    const n = [9007199254740991n, 9007199254740991n, -1n, 3n];
    expect((await euler(...n)).text).toBe(expected(n));
    expect((await euler(94906267)).text).toBe(expected([94906267n]));
  });

  test("refuses with 400, 404 and 405 what is no request of it", async () => {
    const bad = await euler(1, "one");
    expect([bad.status, bad.headers["content-type"]]).toEqual([400, "application/problem+json"]);
    expect(bad.json).toMatchObject({ errors: [{ in: "query", name: "n", index: 1 }] });
    expect((await ask(zpipe.url)).status).toBe(400);
    expect((await ask(`${zpipe.url}/nowhere?n=1`)).status).toBe(404);
    const { status, headers } = await ask(`${zpipe.url}/?n=1`, { method: "DELETE" });
    expect([status, headers.allow]).toEqual([405, expect.stringContaining("GET")]);
  });

  test("is healthy", async () => {
    const { status, json } = await ask(`${zpipe.url}/health`);
    expect([status, json]).toEqual([200, { status: "ready" }]);
  });

  test("gives each of 300 concurrent clients the answer to its own question", async () => {
    const questions = Array.from({ length: 300 }, (_, i) =>
      Array.from({ length: (i % 7) + 1 }, (_, k) => BigInt(i * i + k)),
    );
    const answers = await Promise.all(questions.map((n) => euler(...n)));
    expect(answers.map(({ text }) => text)).toEqual(questions.map(expected));
  });
});

function expected(n: readonly bigint[]): string {
  const sum = n.reduce((total, value) => total + value ** 2n, 0n);
  const square = n.reduce((total, value) => total + value, 0n) ** 2n;
  return `{"sum":${sum},"square":${square},"diff":${square - sum}}`;
}
