import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ask } from "../helpers/http.js";
import { eventually, World } from "../helpers/zpipe.js";

const world = new World();
afterAll(() => world.close());

const HOLD = join(import.meta.dirname, "workers/hold.js");
const TOPOLOGY = `
[server]
access_log = true
static     = "public"
[[server.routes]]
path  = "/hold"
query = { until = "string" }
to    = "hold"
[stages.hold]
run         = ${JSON.stringify(HOLD)}
concurrency = 8
[[edges]]
from     = "hold"
to       = "server"
loopback = true
`;

/** More than all buffers on the way to a client hold. */
const LARGE = 256 * 1024 ** 2;

/** Host, identd, user, time, request, status, bytes, referer, agent: https://httpd.apache.org/docs/2.4/logs.html#combined */
const COMBINED =
  /^127\.0\.0\.1 - - \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "([A-Z]+ \S+ HTTP\/1\.1)" (\d{3}) (\d+|-) "(.*)" "(.*)"$/;

test("every request of a run has its line: answers, files, what is not there, clients that hang up, and the last of all", {
  timeout: 120_000,
}, async () => {
  const { directory } = world;
  mkdirSync(join(directory, "public"));
  writeFileSync(join(directory, "logged.toml"), TOPOLOGY);
  writeFileSync(join(directory, "public/page.html"), "<p>here</p>");
  writeFileSync(join(directory, "public/large.bin"), "");
  truncateSync(join(directory, "public/large.bin"), LARGE);
  const zpipe = await world.up(join(directory, "logged.toml"), "--placement", "hub", "--drain", "200ms");
  const lines = () => readFileSync(join(directory, "access.log"), "utf8").split("\n").slice(0, -1);
  /** Waits until so many requests have been logged. */
  const logged = (count: number) => eventually(`${count} lines`, () => lines().length === count);

  const here = join(directory, "page.html");
  writeFileSync(here, "");
  const answer = await ask(`${zpipe.url}/hold?until=${here}`, { headers: { "user-agent": "tester/1" } });
  const page = await ask(`${zpipe.url}/page.html`, { headers: { referer: "http://r.example/" } });
  const absent = await ask(`${zpipe.url}/absent?a=%22b%22`);
  expect([answer.status, page.status, absent.status]).toEqual([200, 200, 404]);
  await logged(3);

  const gone = new AbortController();
  const refused = expect(ask(`${zpipe.url}/hold?until=gone`, { signal: gone.signal })).rejects.toThrow("aborted");
  await zpipe.says(/holds for gone/);
  gone.abort();
  await refused;
  await logged(4);

  const taken = await breakOff(`${zpipe.url}/large.bin`);
  await logged(5);

  const last = ask(`${zpipe.url}/hold?until=never`);
  await zpipe.says(/holds for never/);
  zpipe.program.signal("SIGTERM");
  const given = await last;
  await zpipe.program.ended;

  const parts = lines().map((line) => COMBINED.exec(line)?.slice(1));
  expect(parts).toEqual([
    [`GET /hold?until=${here} HTTP/1.1`, "200", String(answer.body.length), "-", "tester/1"],
    ["GET /page.html HTTP/1.1", "200", "11", "http://r.example/", "-"],
    ["GET /absent?a=%22b%22 HTTP/1.1", "404", String(absent.body.length), "-", "-"],
    ["GET /hold?until=gone HTTP/1.1", "499", "-", "-", "-"],
    ["GET /large.bin HTTP/1.1", "200", expect.any(String), "-", "-"],
    ["GET /hold?until=never HTTP/1.1", "503", String(given.body.length), "-", "-"],
  ]);
  const sent = Number(parts[4]![2]);
  expect(sent).toBeGreaterThanOrEqual(taken);
  expect(sent).toBeLessThan(LARGE);
});

/** Takes the first bytes of a download and hangs up; how many there were. */
function breakOff(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false }, (response) => {
      response.on("error", () => {});
      response.once("data", (chunk: Buffer) => {
        response.destroy();
        resolve(chunk.length);
      });
    });
    request.on("error", reject);
  });
}
