import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Call, call, RawClient, route, serve, server, statusesOf } from "./helpers.js";

const top = mkdtempSync(join(tmpdir(), "zpipe-static-"));
afterAll(() => rmSync(top, { recursive: true }));

const dir = join(top, "public");
mkdirSync(join(dir, "sub/.hidden"), { recursive: true });
mkdirSync(join(dir, "empty"));
mkdirSync(join(top, "public-too"));
const files = {
  "index.html": "<h1>hello</h1>",
  "app.js": "let a;",
  "data.json": "{}",
  "tile.pbf": "\0\x01",
  "ünd so? 100%.txt": "odd name",
  "ten.txt": "0123456789",
  "void.txt": "",
  ".env": "SECRET",
  "sub/index.html": "<h1>sub</h1>",
  "sub/.hidden/x.txt": "SECRET",
  "../outside.txt": "SECRET",
  "../public-too/x.txt": "SECRET",
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
const MODIFIED = new Date("2026-01-02T03:04:05Z");
utimesSync(join(dir, "ten.txt"), MODIFIED, MODIFIED);
symlinkSync("ten.txt", join(dir, "inside.txt"));
symlinkSync("../outside.txt", join(dir, "outside.txt"));
symlinkSync("..", join(dir, "up"));
symlinkSync(".env", join(dir, "env.txt"));
symlinkSync("nowhere", join(dir, "broken.txt"));

const routes = [
  route({ path: "/data.json" }),
  route({ methods: ["POST"], path: "/" }),
  route({ methods: ["POST"], path: "/jobs" }),
];
const open = (path = "/") => serve(server(routes, { static: { dir, path } }));

/** Without the client making the path tidy. */
async function ask(path: string, options: Call = {}) {
  return call(await open(), path, options);
}

test.each([
  ["/", "<h1>hello</h1>", "text/html; charset=utf-8"],
  ["/sub/", "<h1>sub</h1>", "text/html; charset=utf-8"],
  ["/app.js?v=2", "let a;", "application/javascript; charset=utf-8"],
  ["/tile.pbf", "\0\x01", undefined],
  ["/void.txt", "", "text/plain; charset=utf-8"],
  ["/%C3%BCnd%20so%3F%20100%25.txt", "odd name", "text/plain; charset=utf-8"],
  ["/inside.txt", "0123456789", "text/plain; charset=utf-8"],
  ["//sub//index.html", "<h1>sub</h1>", "text/html; charset=utf-8"],
])("%s is a file, with its type", async (path, text, type) => {
  const reply = await ask(path);
  expect([reply.status, reply.text, reply.headers["content-length"]]).toEqual([200, text, String(text.length)]);
  if (type !== undefined) expect(reply.headers["content-type"]).toBe(type);
  expect(reply.headers["x-content-type-options"]).toBe("nosniff");
});

test.each([
  "/../outside.txt",
  "/%2e%2e/outside.txt",
  "/..%2foutside.txt",
  "/sub/../../outside.txt",
  "/sub/%2e%2e/%2e%2e/outside.txt",
  "/..%5coutside.txt",
  "/..\\outside.txt",
  "/%252e%252e/outside.txt",
  "/../public-too/x.txt",
  "/outside.txt",
  "/up/outside.txt",
  "/up/public/ten.txt/../../outside.txt",
  "/ten.txt%00.html",
  "/.env",
  "/env.txt",
  "/%2eenv",
  "/sub/.hidden/x.txt",
  "/broken.txt",
  "/ten.txt/",
  "/empty/",
  "/empty",
  `/${"a".repeat(300)}`,
  "/nothing.txt",
])("%s is nothing that is served", async (path) => {
  const raw = new RawClient((await open()).port);
  raw.send(`GET ${path} HTTP/1.1`, "host: x", "connection: close", "", "");
  await once(raw.socket, "close");
  expect(raw.received).toMatch(/^HTTP\/1\.1 404 /);
  expect(raw.received).not.toContain("SECRET");
});

test("routes win over files, and files over what a route does not take", async () => {
  const served = await open();
  const fromRoute = await call(served, "/data.json");
  expect(fromRoute.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(fromRoute.headers.etag).toBeUndefined();
  expect((await call(served, "/")).text).toBe("<h1>hello</h1>");
  expect((await call(served, "/", { method: "POST" })).headers["x-request-id"]).toBeDefined();
  expect((await call(served, "/healthz")).json).toEqual({ status: "ready" });
  expect((await call(served, "/jobs")).status).toBe(405);
});

test("a file is not written: other methods are a 405 that says which it takes", async () => {
  const served = await open();
  for (const method of ["PUT", "DELETE", "POST"]) {
    const reply = await call(served, "/ten.txt", { method });
    expect([reply.status, reply.headers.allow]).toEqual([405, "GET, HEAD, OPTIONS"]);
  }
  expect((await call(served, "/", { method: "DELETE" })).headers.allow).toBe("GET, HEAD, OPTIONS, POST");
  expect((await call(served, "/ten.txt", { method: "OPTIONS" })).status).toBe(204);
});

test("a directory is asked for with its slash, and never by the name of another host", async () => {
  const served = await open();
  const reply = await call(served, "/sub?a=1");
  expect([reply.status, reply.headers.location]).toEqual([301, "/sub/"]);
  expect((await call(served, "//sub")).headers.location).toBe("/sub/");
});

test("a path of its own", async () => {
  const served = await open("/app/");
  expect((await call(served, "/app/ten.txt")).text).toBe("0123456789");
  expect((await call(served, "/app/")).text).toBe("<h1>hello</h1>");
  expect((await call(served, "/app")).headers.location).toBe("/app/");
  expect((await call(served, "/ten.txt")).status).toBe(404);
  expect((await call(served, "/appten.txt")).status).toBe(404);
});

test.each([
  ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
  ["bytes=7-", 206, "789", "bytes 7-9/10"],
  ["bytes=-2", 206, "89", "bytes 8-9/10"],
  ["bytes=8-99", 206, "89", "bytes 8-9/10"],
  ["lines=1-2", 200, "0123456789", undefined],
])("range %s", async (range, status, text, contentRange) => {
  const reply = await ask("/ten.txt", { headers: { range } });
  expect([reply.status, reply.text, reply.headers["content-range"]]).toEqual([status, text, contentRange]);
  expect(reply.headers["accept-ranges"]).toBe("bytes");
});

test("a range that the file does not have is a 416, and HEAD has no ranges", async () => {
  const served = await open();
  const beyond = await call(served, "/ten.txt", { headers: { range: "bytes=10-" } });
  expect([beyond.status, beyond.headers["content-range"]]).toEqual([416, "bytes */10"]);
  expect(beyond.headers["content-type"]).toBe("application/problem+json");
  const head = await call(served, "/ten.txt", { method: "HEAD", headers: { range: "bytes=0-3" } });
  expect([head.status, head.text, head.headers["content-length"]]).toEqual([200, "", "10"]);
});

test("what the client has already is not sent again", async () => {
  const served = await open();
  const first = await call(served, "/ten.txt");
  const { etag } = first.headers;
  expect(first.headers["last-modified"]).toBe(MODIFIED.toUTCString());
  const status = async (headers: Call["headers"]) => (await call(served, "/ten.txt", { headers: headers! })).status;
  expect(await status({ "if-none-match": etag! })).toBe(304);
  expect(await status({ "if-none-match": '"other"' })).toBe(200);
  expect(await status({ "if-modified-since": MODIFIED.toUTCString() })).toBe(304);
  expect(await status({ "if-modified-since": new Date(0).toUTCString() })).toBe(200);
  expect(await status({ "if-match": '"other"' })).toBe(412);
  expect(statusesOf(served.http.stats)).toEqual({ 200: 3, 304: 2, 412: 1 });
  writeFileSync(join(dir, "ten.txt"), "0123456789 and more");
  expect(await status({ "if-none-match": etag! })).toBe(200);
  writeFileSync(join(dir, "ten.txt"), "0123456789");
  utimesSync(join(dir, "ten.txt"), MODIFIED, MODIFIED);
});

test("a file that shrinks while it is sent ends the connection", async () => {
  const file = join(dir, "large.bin");
  writeFileSync(file, "");
  truncateSync(file, 2 ** 26);
  const { port } = await open();
  const request = get({ port, path: "/large.bin", agent: false });
  const [response] = await once(request, "response");
  truncateSync(file, 2 ** 20);
  response.resume();
  const outcome = await new Promise((resolve) => {
    response.on("end", () => resolve("end"));
    response.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  expect(outcome).toBe("ECONNRESET");
});

test.skipIf(process.getuid?.() === 0)("a file that may not be read is a 403", async () => {
  writeFileSync(join(dir, "closed.txt"), "x");
  chmodSync(join(dir, "closed.txt"), 0);
  expect((await ask("/closed.txt")).status).toBe(403);
});

test("a directory that has gone is told at the start", async () => {
  const gone = serve(server(routes, { static: { dir: join(top, "gone"), path: "/" } }));
  await expect(gone).rejects.toThrow(/^cannot serve the files of .*gone: ENOENT/);
});
