import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ask } from "../helpers/http.js";
import { World } from "../helpers/zpipe.js";

const world = new World();
afterAll(() => world.close());

describe.concurrent("after SIGTERM", { timeout: 120_000 }, () => {
  test("what was taken is answered, nothing more is taken, and the exit code is 0", async () => {
    const zpipe = await world.up("busy.toml", "--placement", "hub");
    const file = join(world.directory, "in-time");
    const answer = ask(`${zpipe.url}/?until=${file}`);
    await zpipe.says(/holds for/);
    zpipe.program.signal("SIGTERM");
    await zpipe.says(/waiting for 1 request /);
    const [late, health] = await Promise.all([ask(`${zpipe.url}/?until=never`), ask(`${zpipe.url}/health`)]);
    expect([late.status, health.status]).toEqual([503, 503]);
    expect([late.json, health.json]).toMatchObject([{ detail: "the graph is shutting down" }, { status: "draining" }]);
    writeFileSync(file, "");
    expect(await answer).toMatchObject({ status: 200, json: { until: file }, headers: { connection: "close" } });
    expect((await zpipe.program.ended).code).toBe(0);
  });

  test("what takes longer than the bound is answered 503 and cancelled, and the exit code is 130", async () => {
    const zpipe = await world.up("busy.toml", "--drain", "200ms");
    const answer = ask(`${zpipe.url}/?until=never`);
    await zpipe.says(/holds for/);
    zpipe.program.signal("SIGTERM");
    expect(await answer).toMatchObject({
      status: 503,
      json: { detail: "the server was ended before there was an answer" },
      headers: { connection: "close", "retry-after": "1" },
    });
    const { code, stderr } = await zpipe.program.ended;
    expect([code, stderr]).toEqual([130, expect.stringMatching(/^gave up 1 request$/m)]);
  });
});
