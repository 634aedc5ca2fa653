import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Trace } from "../../src/control/trace.js";
import { ask } from "../helpers/http.js";
import { World, type Zpipe } from "../helpers/zpipe.js";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe.each(["separate", "inline"])("the way of a request, %s", (placement) => {
  const world = new World();
  let zpipe: Zpipe;
  beforeAll(async () => {
    zpipe = await world.up("trace.toml", "--placement", placement);
  });
  afterAll(() => world.close());

  const get = (query: string) => ask(`${zpipe.url}/?${query}`, { headers: { traceparent: TRACEPARENT } });
  const trace = (...args: readonly string[]) => world.json<Trace>("trace", ...args, "--name", zpipe.name);

  test("is told hop by hop, by the id of its answer: parts, joins and rounds", async () => {
    const { headers, json } = await get("parts=3&rounds=4&ms=2");
    expect(json).toEqual({ hops: 7, traceparent: TRACEPARENT });
    const told = await trace(`${headers["x-request-id"]}`);
    expect(told).toMatchObject({ owner: "server", entry: "GET /", outcome: "done", complete: true });
    expect(told.hops.map(({ hop, from, stage }) => `${hop} ${from} ${stage}`)).toEqual([
      "1 server split",
      "2 split part",
      "2 split part",
      "2 split part",
      "3 part total",
      "4 total round",
      "5 round round",
      "6 round round",
      "7 round round",
    ]);
    for (const hop of told.hops) {
      expect(hop).toMatchObject({ outcome: "done", attempt: 1, deaths: 0 });
      expect(hop.worker).toMatch(new RegExp(`^${hop.stage}\\.[12]$`));
      expect(hop.arrivedMs).toBeGreaterThanOrEqual(0);
      expect(hop.arrivedMs + hop.waitMs + hop.serviceMs).toBeLessThanOrEqual(told.latencyMs! + 1);
      if (hop.stage === "round") expect(hop.serviceMs).toBeGreaterThan(1);
    }
    // Each begins when what came before it has ended, by one clock in all processes.
    const rounds = told.hops.filter(({ stage }) => stage === "round");
    for (const [i, { arrivedMs }] of rounds.slice(1).entries()) {
      const before = rounds[i]!;
      expect(arrivedMs).toBeGreaterThanOrEqual(before.arrivedMs + before.serviceMs);
    }
  });

  test("of the slowest is found among others", async () => {
    const { headers } = await get("parts=1&rounds=2&ms=800");
    await Promise.all(Array.from({ length: 20 }, () => get("parts=1&rounds=1&ms=0")));
    const { slowest } = await world.json<{ slowest: Trace[] }>("trace", "--name", zpipe.name);
    expect(slowest.length).toBe(10);
    const [first] = slowest;
    expect(first!.request).toBe(headers["x-request-id"]);
    expect(first!.latencyMs).toBeGreaterThanOrEqual(1500);
    expect(first!.hops.map(({ stage }) => stage)).toEqual(["split", "part", "total", "round", "round"]);
    const { stdout } = await world.run("trace", "--slowest", "1", "--name", zpipe.name);
    expect(stdout).toContain(`${headers["x-request-id"]}: GET /, done in `);
    expect(stdout).toMatch(/^ *\S+ +5 +round +round\.1 .*█$/m);
  });

  test("of one that failed ends where it did", async () => {
    const { headers, status } = await get("parts=-1&rounds=1&ms=0");
    expect(status).toBe(500);
    const told = await trace(`${headers["x-request-id"]}`);
    expect(told.outcome).toBe("failed");
    expect(told.hops).toMatchObject([{ hop: 1, stage: "split", outcome: "failed" }]);
  });

  test("is not told of what is no id, or of no request of the run", async () => {
    const malformed = await world.run("trace", "Nonsense", "--name", zpipe.name);
    expect([malformed.code, malformed.stderr]).toEqual([
      2,
      expect.stringContaining('"Nonsense" is no id of a request'),
    ]);
    const unknown = await world.run("trace", "0-0", "--name", zpipe.name);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("nothing is known of the request 0-0")]);
  });
});
