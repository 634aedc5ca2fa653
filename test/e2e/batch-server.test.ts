import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeadLetter } from "../../src/plan/child.js";
import { ask, post } from "../helpers/http.js";
import { Place } from "../helpers/place.js";
import { eventually, World, type Zpipe } from "../helpers/zpipe.js";

const TOML = `
[server]
listen = "http://127.0.0.1:0"
[[server.routes]]
path = "/do"
body = "json"
to   = "work"
[[server.routes]]
path = "/log"
body = "json"
to   = "log"
[[server.routes]]
path = "/quiet"
body = "json"
to   = "quiet"
[[server.routes]]
path = "/program"
body = "json"
to   = "program"
[[server.routes]]
path = "/later"
body = "json"
to   = "split"
[[server.routes]]
path = "/gathered"
body = "json"
to   = ["first", "second"]
[sources.tasks]
file = "tasks.jsonl"
to   = "work"
[stages.work]
run          = "WORKERS/batch.ts"
max_attempts = 2
env          = { MENDED = "HERE/mended" }
[stages.quiet]
run = "WORKERS/pass.js"
[stages.program]
command = ["node", "WORKERS/program.js"]
[stages.split]
run = "WORKERS/pass.js"
[stages.slow]
run         = "WORKERS/batch.ts"
concurrency = 4
[stages.first]
run = "WORKERS/batch.ts"
[stages.second]
run = "WORKERS/pass.js"
[stages.both]
run  = "WORKERS/pass.js"
join = ["first", "second"]
[sinks.log]
file = "log.jsonl"
[[edges]]
from = ["work", "quiet"]
to   = "log"
[[edges]]
from = "split"
to   = "slow"
[[edges]]
from = "slow"
to   = "log"
[[edges]]
from = ["first", "second"]
to   = "both"
[[edges]]
from     = ["work", "program", "both", "split"]
to       = "server"
loopback = true
`;

describe("a server and a source in one topology", { timeout: 180_000 }, () => {
  const world = new World();
  const place = new Place(world, TOML);
  let zpipe!: Zpipe;
  beforeAll(async () => {
    place.write("tasks.jsonl", '{"n":1}\n{"n":2,"how":"refuse"}\n{"n":3}\n');
    zpipe = await world.up(place.topology, "--name", place.name);
  });
  afterAll(() => world.close());

  const source = async () => (await world.ps(place.name)).sources[0]!;
  const letters = () => world.json<DeadLetter[]>("dead-letters", place.name);
  const logged = () => place.lines("log.jsonl").map((line) => JSON.parse(line) as { n: number });
  const resend = async (...ids: readonly string[]) => {
    const { code, stdout, stderr } = await world.run("dead-letters", place.name, ...ids, "--resend");
    expect([code, stderr]).toEqual([0, ""]);
    return stdout;
  };

  test("the source comes to its end, and the server goes on", async () => {
    await eventually("the source has come to its end", async () => (await source()).state === "finished");
    expect(await source()).toMatchObject({ done: 2, failed: 1, pending: 0, progress: 1 });
    expect(
      logged()
        .map(({ n }) => n)
        .sort(),
    ).toEqual([1, 3]);
    expect((await ask(`${zpipe.url}/health`)).status).toBe(200);
  });

  test("a request is answered along the loopback edge, and its copy is logged", async () => {
    const { status, json } = await post(`${zpipe.url}/do`, { n: 7 });
    expect([status, json]).toEqual([200, { n: 7, square: 49 }]);
    await eventually("the copy is logged", () => logged().some(({ n }) => n === 7));
  });

  test("a copy that comes to its sink long after the answer is not lost", async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => 100 + i);
    for (const n of numbers) {
      const { status } = await post(`${zpipe.url}/later`, { n, ms: n === 100 ? 300 : 10 });
      expect(status).toBe(200);
    }
    await eventually("all copies are logged", () => numbers.every((n) => logged().some((line) => line.n === n)));
  });

  test.each(["log", "quiet"])(
    "a request that only goes to a sink is answered 204 when it is there, /%s",
    async (path) => {
      const pretty = JSON.stringify({ n: path, list: [1, 2] }, undefined, 2);
      const { status, text } = await ask(`${zpipe.url}/${path}`, {
        body: pretty,
        headers: { "content-type": "application/json" },
      });
      expect([status, text]).toEqual([204, ""]);
      expect(place.lines("log.jsonl")).toContain(`{"n":"${path}","list":[1,2]}`);
    },
  );

  test("a job that is dropped is answered 204, by modules and programs", async () => {
    expect((await post(`${zpipe.url}/do`, { n: 8, how: "drop" })).status).toBe(204);
    expect((await post(`${zpipe.url}/program`, { drop: true })).status).toBe(204);
    expect((await post(`${zpipe.url}/program`, { n: 8 })).status).toBe(200);
  });

  test("a part that a join waits for must not be dropped", async () => {
    expect((await post(`${zpipe.url}/gathered`, { n: 9 })).json).toEqual({
      first: { n: 9, square: 81 },
      second: { n: 9 },
    });
    expect((await post(`${zpipe.url}/gathered`, { n: 9, how: "drop" })).status).toBe(500);
    await zpipe.says(/it was dropped, but a join waits for it/);
  });

  test("what could not be done is a dead letter, of source and server alike", async () => {
    expect((await post(`${zpipe.url}/do`, { n: 10, how: "die" })).status).toBe(500);
    // An error of a handler was an answer.
    expect((await post(`${zpipe.url}/do`, { n: 11, how: "throw" })).status).toBe(500);
    expect(await letters()).toMatchObject([
      { owner: "tasks", entry: "line 2", stage: "work", message: "2 cannot be done yet", kind: "json" },
      { owner: "server", entry: "POST /do", stage: "work", message: expect.stringContaining("2 workers died") },
    ]);
    const { stdout } = await world.run("dead-letters", place.name, "--payloads");
    expect(stdout).toBe('{"n":2,"how":"refuse"}\n{"n":10,"how":"die"}\n');
  });

  test("a letter that is sent again comes again when it fails again, and leaves when it is done", async () => {
    const before = await letters();
    expect(await resend()).toBe("2 jobs were sent again\n");
    await eventually("both have failed again", async () => {
      const now = await letters();
      return now.length === 2 && now.every(({ id }) => before.every((letter) => letter.id !== id));
    });
    const again = await letters();
    expect(again.map(({ payload }) => payload).sort()).toEqual(before.map(({ payload }) => payload).sort());

    writeFileSync(join(place.directory, "mended"), "");
    const server = again.find(({ owner }) => owner === "server")!;
    expect(await resend(server.id)).toBe("1 job was sent again\n");
    await eventually("it is done", async () => (await letters()).length === 1);
    await resend();
    await eventually("the other one is done too", async () => (await letters()).length === 0);
    expect(logged()).toEqual(
      expect.arrayContaining([
        { n: 2, square: 4 },
        { n: 10, square: 100 },
      ]),
    );
    expect(await source()).toMatchObject({ pending: 0, done: 3 });
    expect((await world.run("dead-letters", place.name)).stdout).toBe("no dead letters\n");
  });

  test("a run ends when the last copy is at its sink; its letters stay, but nobody takes them", async () => {
    const { code, stderr } = await world.run("dead-letters", place.name, "nonsense");
    expect([code, stderr]).toEqual([2, expect.stringContaining('has no dead letter "nonsense"')]);
    const { code: strange, stderr: hint } = await world.run("dead-letters", `${place.name}x`);
    expect([strange, hint]).toEqual([3, expect.stringContaining(`did you mean "${place.name}"?`)]);
    expect((await post(`${zpipe.url}/later`, { n: 200, ms: 400 })).status).toBe(200);
    expect((await zpipe.stop()).code).toBe(0);
    expect(logged()).toContainEqual({ n: 200, square: 40_000 });
    expect(world.survivors()).toEqual([]);
    expect(await letters()).toEqual([]);
    expect((await world.run("dead-letters", place.name, "--resend")).code).toBe(3);
  });
});
