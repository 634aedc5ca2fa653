import { describe, expect, test } from "vitest";
import { around, topologyOf } from "./support.js";

test("a minimal file gets every default", async () => {
  expect(await topologyOf(around({}))).toEqual({
    name: "main",
    file: "/t/main.toml",
    placement: "separate",
    maxHops: 1000,
    drainMs: 10_000,
    server: {
      host: "127.0.0.1",
      port: 8080,
      timeoutMs: 30_000,
      maxInFlight: 1024,
      maxInFlightBytes: 64 * 1024 ** 2,
      maxBodyBytes: 1024 ** 2,
      onTimeout: undefined,
      cors: undefined,
      exposeErrors: false,
      health: "/health",
      static: undefined,
      accessLog: undefined,
      routes: [
        {
          methods: ["GET"],
          path: "/",
          params: [],
          query: [],
          body: { kind: "none" },
          to: ["a"],
          timeoutMs: 30_000,
          onTimeout: undefined,
          priority: 0,
          lane: undefined,
        },
      ],
    },
    sources: [],
    stages: [
      {
        name: "a",
        role: "stage",
        run: { kind: "command", argv: ["work"], cwd: "/t" },
        workers: { min: 1, max: 1, initial: 1 },
        join: undefined,
        threads: undefined,
        concurrency: 1,
        maxAttempts: 3,
        retries: 0,
        key: undefined,
        match: undefined,
        deliver: "one",
        env: {},
      },
    ],
    proxies: [],
    samples: [],
    tests: [],
    metrics: undefined,
    metadata: {},
    edges: [{ from: "a", to: "server", route: "all", loopback: true }],
  });
});

describe("the server", () => {
  test.each([
    ["http://localhost:0", "localhost", 0],
    ["http://[::1]:8080", "::1", 8080],
    ["http://0.0.0.0:65535/", "0.0.0.0", 65_535],
  ])("listens at %s", async (listen, host, port) => {
    const { server } = await topologyOf(around({ server: `listen = "${listen}"` }));
    expect(server).toMatchObject({ host, port });
  });

  test("reads units", async () => {
    const { server } = await topologyOf(
      around({ server: 'timeout = "1.5s"\nmax_body = 100\nmax_in_flight_bytes = "2GiB"\nmax_in_flight = 1' }),
    );
    expect(server).toMatchObject({ timeoutMs: 1500, maxBodyBytes: 100, maxInFlightBytes: 2 ** 31, maxInFlight: 1 });
  });

  test("gives its timeout and its late answer to the routes that have none of their own", async () => {
    const { server } = await topologyOf(
      around({
        server: 'timeout = "2s"\non_timeout = { status = 200, body = { n = 1, list = [1.5, true] } }',
        rest: '[[server.routes]]\npath = "/own"\nto = "a"\ntimeout = "9s"\non_timeout = { body = "late" }',
      }),
    );
    const late = { status: 200, body: { n: 1, list: [1.5, true] } };
    expect(server?.routes.map(({ timeoutMs, onTimeout }) => ({ timeoutMs, onTimeout }))).toEqual([
      { timeoutMs: 2000, onTimeout: late },
      { timeoutMs: 9000, onTimeout: { status: 504, body: "late" } },
    ]);
  });

  test("cors = true means any origin; a table says more", async () => {
    const any = await topologyOf(around({ server: "cors = true" }));
    expect(any.server?.cors).toMatchObject({ origins: "*", credentials: false, maxAgeSeconds: undefined });
    const some = await topologyOf(
      around({ server: 'cors = { origin = "https://a.org", methods = ["GET"], credentials = true, max_age = "10m" }' }),
    );
    expect(some.server?.cors).toEqual({
      origins: ["https://a.org"],
      methods: ["GET"],
      headers: undefined,
      credentials: true,
      maxAgeSeconds: 600,
    });
    expect((await topologyOf(around({ server: "cors = false" }))).server?.cors).toBeUndefined();
  });
});

describe("routes", () => {
  test("a route with a body is a POST unless it says otherwise", async () => {
    const methodsOf = async (route: string) => (await topologyOf(around({ route }))).server?.routes[0]?.methods;
    expect(await methodsOf("")).toEqual(["GET"]);
    expect(await methodsOf('body = "json"')).toEqual(["POST"]);
    expect(await methodsOf('body = "bytes"\nmethod = ["put", "PATCH"]')).toEqual(["PUT", "PATCH"]);
  });

  test("undeclared path parameters are strings, in the order of the path", async () => {
    const { server } = await topologyOf(around({ route: 'path = "/t/:z/:x"\nparams = { x = "integer" }' }));
    expect(server?.routes[0]?.params.map(({ name, type, required }) => [name, type, required])).toEqual([
      ["z", "string", true],
      ["x", "integer", true],
    ]);
  });

  test("fields are written short or as a table", async () => {
    const { server } = await topologyOf(
      around({
        route: `body = { a = "integer[]", b = "string?", c = { type = "number[]?", max_items = 9 }, d = { type = "bigint", default = 9007199254740993 }, e = { type = "integer", min = 0, max = 10, enum = [1, 2], default = 2 }, f = "json", g = { type = "boolean", default = false }, h = { type = "string", optional = true } }`,
      }),
    );
    const plain = { default: undefined, min: undefined, max: undefined, enum: undefined, maxItems: undefined };
    expect(server?.routes[0]?.body).toEqual({
      kind: "fields",
      fields: [
        { ...plain, name: "a", type: "integer", array: true, required: true },
        { ...plain, name: "b", type: "string", array: false, required: false },
        { ...plain, name: "c", type: "number", array: true, required: false, maxItems: 9 },
        { ...plain, name: "d", type: "bigint", array: false, required: false, default: 9007199254740993n },
        {
          ...plain,
          name: "e",
          type: "integer",
          array: false,
          required: false,
          default: 2,
          min: 0,
          max: 10,
          enum: [1, 2],
        },
        { ...plain, name: "f", type: "json", array: false, required: true },
        { ...plain, name: "g", type: "boolean", array: false, required: false, default: false },
        { ...plain, name: "h", type: "string", array: false, required: false },
      ],
    });
  });
});

describe("stages", () => {
  test("a module's path is relative to the file", async () => {
    const { stages } = await topologyOf(around({ stage: 'run = "./w/a.ts"' }), { "w/a.ts": "" });
    expect(stages[0]?.run).toEqual({ kind: "module", path: "/t/w/a.ts" });
  });

  test("a range of workers starts with the fewest", async () => {
    const { stages } = await topologyOf(around({ stage: "workers = { min = 2, max = 8 }" }));
    expect(stages[0]?.workers).toEqual({
      ...{ min: 2, max: 8, initial: 2 },
      sizing: { waitMs: 250, idleMs: 30_000 },
    });
  });

  test.each([
    ["", undefined, 1],
    ["concurrency = 3", undefined, 3],
    ["threads = 4", 4, 4],
    ["threads = 4\nconcurrency = 4", 4, 4],
    ["threads = 4\nconcurrency = 9", 4, 9],
  ])("%j is so many threads, and so many jobs at a time", async (keys, threads, concurrency) => {
    const { stages } = await topologyOf(around({ stage: `run = "a.js"\n${keys}` }), { "a.js": "" });
    expect(stages[0]).toMatchObject({ threads, concurrency });
  });

  test.each([
    ['match = "tile"', { job: "tile", worker: "tile", otherwise: "any" }],
    ['match = { job = "area.tile", worker = "tiles" }', { job: "area.tile", worker: "tiles", otherwise: "any" }],
    ['match = { job = "tile", otherwise = "wait" }', { job: "tile", worker: "tile", otherwise: "wait" }],
  ])("%s", async (keys, match) => {
    const { stages } = await topologyOf(around({ stage: keys }));
    expect(stages[0]).toMatchObject({ key: undefined, match });
  });

  test("the rest is taken as it is", async () => {
    const { stages } = await topologyOf(
      around({ stage: 'workers = 4\nconcurrency = 10\nmax_attempts = 1\nenv = { A = "b", EMPTY = "" }' }),
    );
    expect(stages[0]).toMatchObject({
      workers: { min: 4, max: 4, initial: 4 },
      concurrency: 10,
      maxAttempts: 1,
      retries: 0,
      env: { A: "b", EMPTY: "" },
    });
  });
});

test("a proxy with the name of a stage tunes that stage", async () => {
  const { proxies } = await topologyOf(around({ rest: "[proxies.a]\nprefetch = 0\nmax_queued = 10" }));
  expect(proxies).toEqual([{ name: "a", stages: ["a"], prefetch: 0, maxQueued: 10, policy: "fifo" }]);
});

test("an edge table stands for each pair of its names", async () => {
  const { edges, stages } = await topologyOf(
    '[server]\n[[server.routes]]\npath = "/"\nto = ["a", "b"]\n[stages.a]\ncommand = ["x"]\n[stages.b]\ncommand = ["x"]\n' +
      '[stages.c]\ncommand = ["x"]\njoin = ["a", "b"]\n[stages.d]\ncommand = ["x"]\njoin = "c"\n' +
      '[[edges]]\nfrom = ["a", "b"]\nto = ["c", "d"]\nroute = "choose"',
  );
  expect(edges.map(({ from, to, route }) => `${from} ${to} ${route}`)).toEqual([
    "a c choose",
    "a d choose",
    "b c choose",
    "b d choose",
  ]);
  expect(stages.map(({ join }) => join)).toEqual([
    undefined,
    undefined,
    { stages: ["a", "b"], bare: false },
    { stages: ["c"], bare: true },
  ]);
});
