import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import type { AccessLogFormat } from "../../../src/topology/types.js";
import { call, post, RawClient, route, serve, server } from "./helpers.js";

const top = mkdtempSync(join(tmpdir(), "zpipe-access-"));
afterAll(() => rmSync(top, { recursive: true }));

const routes = [route(), route({ methods: ["POST"], path: "/text", body: { kind: "text" } })];
const open = (file: string, format: AccessLogFormat = "combined") =>
  serve(server(routes, { accessLog: { file, format } }));
const linesOf = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : []);

/** The parts of a line, as programs that read such logs take them apart. */
const COMBINED =
  /^(\S+) (\S+) (\S+) \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$/;

test("each request has a line in Combined Log Format, and closing writes the last", async () => {
  const file = join(top, "combined.log");
  const served = await open(file);
  const reply = await call(served, "/?a=1", {
    headers: { "user-agent": 'a "b" \\ \t\xe9', referer: "http://r.example/" },
  });
  await call(served, "/nothing", { method: "HEAD" });
  await post(served, "/text", "hello", "text/plain");
  const raw = new RawClient(served.port).send("nonsense", "", "");
  await vi.waitUntil(() => raw.closed, 20_000);
  await served.http.close();
  const parts = linesOf(file).map((line) => COMBINED.exec(line)?.slice(1));
  expect(parts.map((each) => each?.filter((_, i) => i !== 3))).toEqual([
    [
      "127.0.0.1",
      "-",
      "-",
      "GET /?a=1 HTTP/1.1",
      "200",
      String(reply.text.length),
      "http://r.example/",
      'a \\"b\\" \\\\ \\t\\xe9',
    ],
    ["127.0.0.1", "-", "-", "HEAD /nothing HTTP/1.1", "404", "-", "-", "-"],
    ["127.0.0.1", "-", "-", "POST /text HTTP/1.1", "200", "7", "-", "-"],
    ["127.0.0.1", "-", "-", "-", "400", expect.stringMatching(/^\d+$/), "-", "-"],
  ]);
  const [day, ...time] = parts[0]![3]!.replace(" +0000", "Z").split(":");
  const written = Date.parse(`${day!.replaceAll("/", " ")} ${time.join(":")}`);
  expect(Math.abs(Date.now() - written)).toBeLessThan(60_000);
});

test("a log that is moved away goes on in a new file", async () => {
  const file = join(top, "rotated.log");
  const served = await open(file, "json");
  await call(served, "/?n=1");
  await vi.waitUntil(() => linesOf(file).length === 1, 20_000);
  renameSync(file, `${file}.1`);
  await call(served, "/?n=2");
  await vi.waitUntil(() => linesOf(file).length === 1, 20_000);
  const targets = [`${file}.1`, file].map((each) => JSON.parse(linesOf(each)[0]!).target);
  expect(targets).toEqual(["/?n=1", "/?n=2"]);
  expect(JSON.parse(linesOf(file)[0]!)).toMatchObject({ method: "GET", status: 200, http: "1.1", referer: null });
});

test("a log that cannot be written is told at the start", async () => {
  await expect(open(join(top, "nowhere/access.log"))).rejects.toThrow(/^cannot write the access log .*ENOENT/);
});
