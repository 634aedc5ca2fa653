import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ask, Load } from "../helpers/http.js";
import { World, type Zpipe } from "../helpers/zpipe.js";

let places = 0;

/** A directory in which handlers meet, or leave a mark. */
function newPlace(world: World): string {
  const place = join(world.directory, `place${places++}`);
  mkdirSync(place);
  return place;
}

describe.each(["separate", "inline"])("a module in threads, %s", { timeout: 180_000 }, (placement) => {
  const world = new World();
  let zpipe!: Zpipe;
  beforeAll(async () => {
    zpipe = await world.up("threads.toml", "--placement", placement);
  });
  afterAll(() => world.close());
  const get = (path: string) => ask(zpipe.url + path);

  test("has as many jobs at a time as threads, in one process, each with a CPU to itself", async () => {
    const place = newPlace(world);
    const answers = await Promise.all([1, 2, 3, 4].map(() => get(`/meet?place=${place}&size=4`)));
    const met = answers.map(({ json }) => json as { pid: number; thread: number; isMainThread: boolean });
    expect(new Set(met.map(({ pid }) => pid)).size).toBe(1);
    expect(new Set(met.map(({ thread }) => thread)).size).toBe(4);
    expect(met.some(({ isMainThread }) => isMainThread)).toBe(false);
  });

  test.each(["compute", "wait"])("hears in the midst of a job (%s) that its client has hung up", async (how) => {
    const client = new AbortController();
    const asked = ask(`${zpipe.url}/${how}?id=${placement}`, { signal: client.signal }).catch(() => "hung up");
    await zpipe.says(new RegExp(`${how}s ${placement}`));
    client.abort();
    await zpipe.says(new RegExp(`stops ${how.replace(/e$/, "")}ing ${placement}`));
    expect(await asked).toBe("hung up");
  });

  test("chooses edges, answers, and scatters to a join", async () => {
    expect((await get("/act?how=scatter")).json).toBe(14);
    expect((await get("/act?how=to")).text).toBe('{"exact":1180591620717411303424}');
    const { status, headers, text } = await get("/act?how=reply");
    expect([status, headers["content-type"], text]).toEqual([203, "text/html; charset=utf-8", "<p>ü</p>"]);
  });

  test("fails with the status that it chose, and is not asked again", async () => {
    const { status, json } = await get("/act?how=throw");
    expect([status, json]).toEqual([404, expect.objectContaining({ detail: expect.stringContaining("no such tile") })]);
    expect((await get("/act?how=astray")).status).toBe(500);
    await zpipe.says(/no edge leads to "nowhere"/);
    expect((await get("/act?how=break")).status).toBe(500);
    await zpipe.says(/error Error: broken\n.*threads\.ts:\d+/);
  });

  test("is told of its job what any worker is told", async () => {
    const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const { headers, json } = await ask(`${zpipe.url}/act?how=context`, { headers: { traceparent: trace } });
    expect(json).toEqual({
      topology: "threads",
      stage: "act",
      worker: "act.1",
      request: headers["x-request-id"],
      attempt: 1,
      hops: 1,
      deadline: expect.any(Number),
      traceparent: expect.stringContaining("0af7651916cd43dd8448eb211c80319c"),
    });
  });

  test("takes and gives bytes, few and many", async () => {
    for (const size of [0, 1, 100, 300_000]) {
      const bytes = randomBytes(size);
      const { body } = await ask(`${zpipe.url}/flip`, { body: bytes });
      expect(body.equals(Buffer.from(bytes).reverse())).toBe(true);
    }
  });

  test("loses nothing when workers come and go", async () => {
    const load = new Load(zpipe.url, 8, () => ({ path: "/act?how=scatter", answer: 14 }));
    await load.more(50);
    for (const count of ["3", "1", "2"]) {
      expect((await zpipe.scale("square", count)).code).toBe(0);
      await load.more(50);
    }
    await load.stop();
    expect(load.wrong).toEqual([]);
  });

  test("is set up in every thread before the first job, and torn down in every thread at the end", async () => {
    expect((await get("/life")).json).toEqual({ settings: 1 });
    const { code, stderr } = await zpipe.stop();
    const times = (what: RegExp) => stderr.match(what)?.length;
    expect([code, times(/sets up a thread of life\.1/g), times(/tears down a thread of life\.1/g)]).toEqual([0, 3, 3]);
  });
});

test.each(["exit", "throw", "memory"])(
  "when a thread dies (%s), the jobs of all threads are done again",
  async (how) => {
    const world = new World();
    onTestFinished(() => world.close());
    const zpipe = await world.up("dying-threads.toml");
    const place = newPlace(world);
    const die = (id: string, way: string) => ask(`${zpipe.url}/?id=${id}&how=${way}&place=${place}&size=3`);
    const answers = await Promise.all([die("a", "not"), die("b", how), die("c", "not")]);
    expect(answers.map(({ json }) => json)).toEqual(["a", "b", "c"].map((id) => ({ id, attempt: 2 })));
    await zpipe.says(/a thread of die\.1 has died: .*(exit code 0|out of the blue|memory)/);
  },
);
