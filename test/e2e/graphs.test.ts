import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Answer, ask, post } from "../helpers/http.js";
import { World, type Zpipe } from "../helpers/zpipe.js";

const PLACEMENTS = ["separate", "inline"] as const;

/** One run for the tests of a describe block. */
function running(topology: string, placement: string) {
  const world = new World();
  let zpipe!: Zpipe;
  beforeAll(async () => {
    zpipe = await world.up(topology, "--placement", placement);
  });
  afterAll(() => world.close());
  return {
    world,
    zpipe: () => zpipe,
    get: (path: string): Promise<Answer> => ask(zpipe.url + path),
    post: (path: string, value: unknown): Promise<Answer> => post(zpipe.url + path, value),
  };
}

describe.each(PLACEMENTS)("shapes of graphs, %s", (placement) => {
  const { get, post } = running("shapes.toml", placement);

  test("a diamond joins what its two sides made of one job", async () => {
    const answers = await Promise.all(range(50).map((n) => get(`/diamond?n=${n}`)));
    expect(answers.map(({ json }) => json)).toEqual(
      range(50).map((n) => ({ b: 2 * (n + 1), c: 3 * (n + 1), sum: 5 * (n + 1) })),
    );
  });

  test("a route to two stages is joined by the stage behind both", async () => {
    expect((await get("/both?n=7")).json).toEqual({ b2: 9, c2: 5 });
  });

  test("a self-loop runs until its worker chooses the way out", async () => {
    expect((await get("/collatz?n=27")).json).toEqual({ steps: 111 });
    expect((await get("/collatz?n=1")).json).toEqual({ steps: 0 });
  });

  test("two routes lead into one stage, with one kind of job", async () => {
    expect((await get("/collatz/97")).json).toEqual({ steps: 118 });
  });

  test("a cycle of three stages is gone round as often as its worker wants, and hops are counted", async () => {
    expect((await get("/round?n=1")).json).toEqual({ way: "ioa", hops: 3 });
    expect((await get("/round?n=100")).json).toEqual({ way: "ioa".repeat(100), hops: 300 });
  });

  test("a scatter within a scatter is joined twice, every part at its place", async () => {
    const book = range(20).map((page) =>
      range((page % 5) + 1).map((line) =>
        Array(page + line + 1)
          .fill("w")
          .join(" "),
      ),
    );
    const page = book.map((lines) => ({ lines: lines.length, counts: lines.map((line) => line.split(" ").length) }));
    const answers = await Promise.all(range(5).map(() => post("/book", book)));
    for (const { json } of answers) expect(json).toEqual({ pages: 20, page });
  });

  test("an empty scatter within a scatter is an empty part of the outer one", async () => {
    const page = [
      { lines: 1, counts: [2] },
      { lines: 0, counts: [] },
    ];
    expect((await post("/book", [["one line"], []])).json).toEqual({ pages: 2, page });
  });

  test("an empty scatter around a scatter completes the outer join, not the inner one", async () => {
    expect((await post("/book", [])).json).toEqual({ pages: 0, page: [] });
  });

  test.each([0, 1, 2, 1000])("a scatter of %i values comes to its join as so many parts in order", async (n) => {
    expect((await get(`/total?n=${n}`)).json).toEqual({ count: n, parts: range(n).map((i) => 3 * i * i) });
  });

  test("scatters of many requests at once do not mix", async () => {
    const answers = await Promise.all(range(60).map((n) => get(`/total?n=${n}`)));
    expect(answers.map(({ json }) => json)).toEqual(
      range(60).map((n) => ({ count: n, parts: range(n).map((i) => 3 * i * i) })),
    );
  });
});

describe.each(PLACEMENTS)("answers, %s", (placement) => {
  const { get, zpipe } = running("answers.toml", placement);
  const send = (path: string, body: Buffer) => ask(zpipe().url + path, { body });

  test("the first stage may answer early, and does not have to", async () => {
    const { status, json } = await get("/early?n=-5");
    expect([status, json]).toEqual([201, { early: -5 }]);
    expect((await get("/early?n=5")).json).toEqual({ passed: 5 });
  });

  test("a worker chooses status, headers and content type", async () => {
    const { status, headers, text } = await get("/html");
    expect([status, text]).toEqual([203, "<h1>ä</h1>"]);
    expect(headers).toMatchObject({ "content-type": "text/html; charset=utf-8", "x-made-by": "html" });
    expect(headers["x-request-id"]).toBeDefined();
  });

  test("bytes come and go as they are, 2 MiB of them", async () => {
    const bytes = randomBytes(2 * 1024 ** 2);
    const { status, headers, body } = await send("/flip", bytes);
    expect([status, headers["content-type"]]).toEqual([200, "application/octet-stream"]);
    expect(body.equals(Buffer.from(bytes).reverse())).toBe(true);
  });

  test("a body beyond max_body is a 413, which the client gets to read though it is still sending", async () => {
    const body = Buffer.alloc(12 * 1024 ** 2);
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    expect((await ask(`${zpipe().url}/flip`, { body, agent })).status).toBe(413);
  });

  test("a body beyond max_body is a 413 for a client of `Connection: close` too", async () => {
    expect((await send("/flip", Buffer.alloc(12 * 1024 ** 2))).status).toBe(413);
  });

  test("a join gathers parts that are bytes", async () => {
    const bytes = randomBytes(1000);
    const { body } = await send("/halves", bytes);
    expect(body.equals(Buffer.concat([bytes.subarray(500), bytes.subarray(0, 500)]))).toBe(true);
  });

  test("a worker that throws is a 500 that names its stage and keeps the message", async () => {
    const { status, headers, json, text } = await get("/throw");
    expect([status, headers["content-type"]]).toEqual([500, "application/problem+json"]);
    expect(json).toMatchObject({ stage: "throw" });
    expect(text).not.toContain("cannot be found here");
  });

  test("a worker that throws with a status gives the client status and message", async () => {
    const { status, json } = await get("/throw?status=404");
    expect([status, json]).toEqual([
      404,
      expect.objectContaining({ stage: "throw", detail: expect.stringContaining("cannot be found here") }),
    ]);
  });

  test("a worker that names an edge that is not there is a 500, and the log says which there are", async () => {
    const { status, json } = await get("/astray");
    expect([status, json]).toEqual([500, expect.objectContaining({ stage: "astray" })]);
    await zpipe().says(/no edge leads to "nowhere": its edges lead to "server"/);
  });

  test("an empty scatter that no join gathers is a 500", async () => {
    const { status, json } = await get("/nothing");
    expect([status, json]).toEqual([500, expect.objectContaining({ stage: "nothing" })]);
  });

  test("a job that goes round for ever ends at max_hops", async () => {
    const { status, json } = await get("/endless");
    expect([status, json]).toEqual([500, expect.objectContaining({ stage: "endless" })]);
  });

  test("no answer in time is a 504, and the worker's signal fires", async () => {
    const { status, headers } = await get("/late?id=late");
    expect([status, headers["content-type"]]).toEqual([504, "application/problem+json"]);
    await zpipe().says(/lets go of late$/m);
  });

  test("no answer in time is what on_timeout says", async () => {
    const { status, json } = await get("/later?id=later");
    expect([status, json]).toEqual([202, { retry: true }]);
  });

  test("a client that hangs up fires the worker's signal", async () => {
    const client = new AbortController();
    const asked = ask(`${zpipe().url}/hold?id=mine`, { signal: client.signal });
    const ended = expect(asked).rejects.toThrow(/aborted/);
    await zpipe().says(/holds mine$/m);
    client.abort();
    await ended;
    await zpipe().says(/lets go of mine$/m);
  });
});

describe.each(PLACEMENTS)("admission, %s", (placement) => {
  const { get, world, zpipe } = running("busy.toml", placement);

  test("beyond max_in_flight is a 503 with Retry-After, until one is answered or hangs up", async () => {
    const file = (name: string) => join(world.directory, name);
    const client = new AbortController();
    const first = get(`/?until=${file("first")}`);
    const second = ask(`${zpipe().url}/?until=${file("second")}`, { signal: client.signal }).catch(() => "hung up");
    await zpipe().says(/holds for \S+first/);
    await zpipe().says(/holds for \S+second/);

    const refused = await get(`/?until=${file("third")}`);
    expect([refused.status, Number(refused.headers["retry-after"])]).toEqual([503, expect.any(Number)]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);

    client.abort();
    expect(await second).toBe("hung up");
    await zpipe().looks("only one request is in the graph", ({ server }) => server!.pending === 1);
    writeFileSync(file("fourth"), "");
    expect((await get(`/?until=${file("fourth")}`)).status).toBe(200);
    writeFileSync(file("first"), "");
    expect((await first).json).toEqual({ until: file("first") });
  });
});

describe.each(PLACEMENTS)("workers, %s", (placement) => {
  const { get, post, zpipe } = running("workers.toml", placement);

  test("a JavaScript module of an included file imports zpipe, and shares its proxy with another stage", async () => {
    const answers = await Promise.all(range(20).map((n) => Promise.all([get(`/double?n=${n}`), get("/life")])));
    expect(answers.map(([{ json }]) => json)).toEqual(range(20).map((n) => ({ double: 2 * n })));
    for (const [, { json }] of answers) expect(json).toMatchObject({ ready: true });
  });

  test("a TypeScript module imports its sibling and zpipe, and knows where it is", async () => {
    const { text } = await get("/typescript?n=-9007199254740993");
    const where = `"stage":"typescript","worker":"typescript.1","topology":"workers","attempt":1,"hops":1`;
    expect(text).toBe(`{"sign":"-","next":-9007199254740992,${where}}`);
  });

  test("a program that speaks JSON lines can do all that a module can", async () => {
    const values = [{ a: [1, { b: "ü" }] }, 7, [], "x"].map((value) => [value, post("/program", value)] as const);
    for (const [echo, answer] of values) {
      expect((await answer).json).toEqual({ echo, greeting: "hello", stage: "program" });
    }
    expect((await post("/program", { double: 21 })).json).toEqual({ double: 42 });
    const said = await post("/program", { say: "hi" });
    expect([said.status, said.headers["x-program"], said.json]).toEqual([201, "yes", { said: "hi" }]);
    const failed = await post("/program", { fail: "no coffee" });
    expect([failed.status, failed.json]).toEqual([
      418,
      expect.objectContaining({ detail: expect.stringContaining("no coffee") }),
    ]);
  });

  test("a worker with concurrency 8 has 8 jobs in hand at a time", async () => {
    const answers = await Promise.all(range(8).map(() => get("/meet?party=eight&size=8")));
    expect(answers.map(({ json }) => (json as { seat: number }).seat).sort()).toEqual(range(8));
  });

  test("setup is over before the first job, and teardown before the end", async () => {
    expect((await get("/life")).json).toMatchObject({ ready: true });
    await zpipe().says(/sets up life\.1 of life in workers/);
    await zpipe().says(/sets up life\.2 of life in workers/);
    const { code, stderr } = await zpipe().stop();
    expect([code, stderr.match(/tears down/g)?.length]).toEqual([0, 2]);
  });
});

const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe.skipIf(!hasPython).each(PLACEMENTS)("a worker in Python, %s", (placement) => {
  const { get } = running("python.toml", placement);

  test("answers, with integers of any size", async () => {
    const answers = await Promise.all(range(30).map((n) => get(`/?n=${n}&n=1`)));
    expect(answers.map(({ json }) => json)).toEqual(range(30).map((n) => ({ sum: n + 1 })));
    expect((await get("/?n=9007199254740993&n=1000000000000000000000")).text).toBe('{"sum":1000009007199254740993}');
  });
});

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
