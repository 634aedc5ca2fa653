import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { BenchReport, BenchResult } from "../../src/bench/result.js";
import { EXAMPLES, World } from "../helpers/zpipe.js";

const EULER6 = join(EXAMPLES, "euler6.toml");
const BRIEF = ["--duration", "500ms", "--warmup", "100ms"];
const HUB = ["--placement", "hub"];

const worlds: World[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

function newWorld(): World {
  const world = new World();
  worlds.push(world);
  return world;
}

function topology(file: string): string {
  return join(import.meta.dirname, "topologies", file);
}

async function bench(world: World, ...args: readonly string[]) {
  const { code, stdout, stderr } = await world.run("bench", ...args, "--json");
  const report = JSON.parse(stdout) as BenchReport;
  if (report.results === undefined) throw new Error(`bench ended with ${code}: ${stdout}${stderr}`);
  return { code, report, result: report.results[0]! };
}

/** Every request was answered, and rightly. */
function expectClean({ requests, answered, errors, wrong }: BenchResult): void {
  expect(answered).toBeGreaterThan(0);
  expect([answered, wrong]).toEqual([requests, 0]);
  expect(errors).toEqual({ refused: 0, timeout: 0, connection: 0, lost: 0, unsent: 0, failed: 0 });
}

describe("bench of euler6", () => {
  test("over HTTP, closed loop: tells of latency and stages, and leaves nothing", async () => {
    const world = newWorld();
    const { code, result, report } = await bench(world, EULER6, "--duration", "1s", "--warmup", "200ms");
    expect(code).toBe(0);
    expectClean(result);
    expect(result).toMatchObject({ mode: "closed", entry: "http", connections: 64, targetRate: null });
    expect(result.latency.count).toBe(result.answered);
    expect(result.latency.p50Ms).toBeGreaterThan(0);
    for (const stage of result.stages) {
      // Each request is one job of each stage; the moments at which the two are counted differ a little.
      expect(stage.service.count).toBeGreaterThan(result.answered * 0.5);
      expect(stage.wait.p99Ms).toBeGreaterThan(0);
    }
    expect(shapeOf(report)).toMatchInlineSnapshot(`
      {
        "results": [
          {
            "answered": "number",
            "batch": null,
            "bottleneck": {
              "by": "string",
              "stage": "string",
            },
            "chaos": null,
            "connections": "number",
            "durationMs": "number",
            "entry": "string",
            "errors": {
              "connection": "number",
              "failed": "number",
              "lost": "number",
              "refused": "number",
              "timeout": "number",
              "unsent": "number",
            },
            "latency": {
              "count": "number",
              "hdr": "string",
              "maxMs": "number",
              "meanMs": "number",
              "p50Ms": "number",
              "p90Ms": "number",
              "p999Ms": "number",
              "p99Ms": "number",
            },
            "missed": [],
            "mode": "string",
            "placement": "string",
            "rate": "number",
            "requests": "number",
            "stages": [
              {
                "name": "string",
                "service": {
                  "count": "number",
                  "maxMs": "number",
                  "meanMs": "number",
                  "p50Ms": "number",
                  "p90Ms": "number",
                  "p99Ms": "number",
                },
                "utilisation": "number",
                "wait": {
                  "count": "number",
                  "maxMs": "number",
                  "meanMs": "number",
                  "p50Ms": "number",
                  "p90Ms": "number",
                  "p99Ms": "number",
                },
                "workers": "number",
              },
            ],
            "targetRate": null,
            "timeline": {
              "answered": [
                "number",
              ],
              "everyMs": "number",
            },
            "topology": "string",
            "transport": "string",
            "warmupMs": "number",
            "workers": {
              "difference": "number",
              "square": "number",
              "sum": "number",
            },
            "wrong": "number",
            "wrongAnswers": [],
          },
        ],
        "sweep": null,
      }
    `);
    expect(world.survivors()).toEqual([]);
  });

  test("over HTTP, open loop: has arrivals at its rate", async () => {
    const { code, result } = await bench(newWorld(), EULER6, ...BRIEF, "--rate", "100", ...HUB);
    expect(code).toBe(0);
    expect(result).toMatchObject({ mode: "open", targetRate: 100, answered: result.requests, placement: "hub" });
    // A machine that is busy at the very end sends the last ones too late, and says so.
    expect(result.requests + result.errors.unsent).toBe(50);
    expect(result.requests).toBeGreaterThan(0);
  });

  test.each(["separate", "inline"])("straight into the graph, %s", async (placement) => {
    const { code, result } = await bench(newWorld(), EULER6, ...BRIEF, "--graph", "--placement", placement);
    expect(code).toBe(0);
    expectClean(result);
    expect(result).toMatchObject({ entry: "graph", placement });
  });

  test("under chaos: nothing is lost, doubled or wrong", async () => {
    const world = newWorld();
    const chaos = ["--chaos", "kill-worker,kill-proxy,scale", "--every", "150ms"];
    const { code, result } = await bench(world, EULER6, "--duration", "2s", "--warmup", "200ms", ...chaos);
    expect(result.chaos).toMatchObject({ lost: 0, doubled: 0, wrong: 0 });
    expect(new Set(result.chaos!.events.map(({ kind }) => kind))).toEqual(
      new Set(["kill-worker", "kill-proxy", "scale"]),
    );
    expect([code, result.answered]).toEqual([0, result.requests]);
    expect(world.survivors()).toEqual([]);
  });

  test("under chaos that kills the server: what was answered was right", async () => {
    const { code, result } = await bench(
      newWorld(),
      EULER6,
      "--duration",
      "1s",
      "--warmup",
      "100ms",
      "--chaos",
      "kill-server",
      "--every",
      "400ms",
    );
    expect(result.chaos!.events.length).toBeGreaterThan(0);
    expect(result.errors.connection).toBeGreaterThan(0);
    expect([code, result.wrong]).toEqual([0, 0]);
  });

  test("misses thresholds with exit code 4, and writes a report", async () => {
    const world = newWorld();
    const file = join(world.directory, "report.html");
    const thresholds = ["--fail-if", "p99>1us", "--fail-if", "rate<1", "--fail-if", "square.service.p50>=0us"];
    const { code, result } = await bench(world, EULER6, ...BRIEF, ...HUB, ...thresholds, "--html", file);
    expect([code, result.missed.map(({ threshold }) => threshold)]).toEqual([
      4,
      ["p99>1us", "square.service.p50>=0us"],
    ]);
    expect(readFileSync(file, "utf8")).toContain("</svg>");
  });

  test("sweeps over workers of a stage", async () => {
    const { code, report } = await bench(newWorld(), EULER6, ...BRIEF, ...HUB, "--graph", "--sweep", "square=1,3");
    expect([code, report.sweep]).toEqual([0, { stage: "square", workers: [1, 3] }]);
    expect(report.results.map(({ workers }) => workers.square)).toEqual([1, 3]);
  });

  test("says what it measured to people", async () => {
    const { code, stdout } = await newWorld().run("bench", EULER6, ...BRIEF, ...HUB);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^euler6: .*\n\d+ answers.*LATENCY.*STAGE.*Bottleneck: /s),
    ]);
  });

  test("can be interrupted, and leaves nothing", async () => {
    const world = newWorld();
    const program = world.start("bench", EULER6, "--duration", "60s", "--name", "long", ...HUB);
    await world.looks("long", "it serves", ({ run }) => run.state === "running");
    program.signal("SIGINT");
    expect((await program.ended).code).toBe(130);
    expect(world.survivors()).toEqual([]);
  });
});

describe("bench", () => {
  test("of samples with bodies, text and statuses takes them all, over HTTP and past it", async () => {
    const { code, result } = await bench(newWorld(), topology("posts.toml"), ...BRIEF, ...HUB);
    expect(code).toBe(0);
    expectClean(result);
    const refused = await newWorld().run("bench", topology("posts.toml"), ...BRIEF, ...HUB, "--graph");
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/the sample POST \/echo\/x cannot be sent/),
    ]);
  });

  test("of a worker that answers wrongly ends with 1 and names the sample", async () => {
    const { code, stdout } = await newWorld().run("bench", topology("wrong.toml"), ...BRIEF, ...HUB);
    expect(code).toBe(1);
    expect(stdout).toMatch(/GET \/\?n=3\n {4}expected 200 \{"square":9\}\n {4}got {6}200 \{"square":6\}/);
    expect(stdout).not.toContain("GET /?n=2\n");
  });

  test("of a topology whose sources make the load tells of all their jobs, and keeps its output for the report", async () => {
    const world = newWorld();
    const jobs = join(world.directory, "jobs.jsonl");
    const file = join(world.directory, "t.toml");
    const count = 5_000;
    writeFileSync(jobs, Array.from({ length: count }, (_, n) => `${n}\n`).join(""));
    writeFileSync(join(world.directory, "odd.mjs"), BATCH_WORKER);
    writeFileSync(file, BATCH);
    const { code, result } = await bench(world, file, "--warmup", "0", "--duration", "1m", "--fail-if", "errors>2");
    expect(code).toBe(0);
    expect(result).toMatchObject({ entry: "source", requests: count, answered: count - 2, connections: 4096 });
    expect(result.errors.failed).toBe(2);
    expect(result.latency.count).toBe(count - 2);
    expect(result.stages.map(({ name, service }) => [name, service.count])).toEqual([
      ["odd", count],
      ["out", count - 2],
    ]);
    const early = await world.run("bench", file, "--warmup", "1m");
    expect([early.code, early.stderr]).toEqual([2, expect.stringContaining("came to their end in the warm-up")]);
    const open = await world.run("bench", file, "--rate", "5");
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining("Leave out --rate")]);
  });

  test.each([
    [["poison.toml"], "has no samples", "Add requests with their answers"],
    [["wrong.toml", "--fail-if", "p99>1"], "so it needs a unit", "Write for example"],
    [["wrong.toml", "--rate", "fast"], "is not a number of arrivals", "--rate 500"],
    [["wrong.toml", "--chaos", "kill-sever"], 'there is no chaos "kill-sever"', 'did you mean "kill-server"?'],
    [["wrong.toml", "--graph", "--chaos", "kill-server"], "the server itself makes the load", "Leave out"],
    [["wrong.toml", "--placement", "inline", "--chaos", "kill-worker"], "finds no victim", "--placement separate"],
    [["wrong.toml", "--sweep", "squar=1,2"], 'there is no stage "squar"', 'did you mean "square"?'],
  ])("%j is refused with 2 and a remedy", async ([file, ...args], message, hint) => {
    const world = newWorld();
    const { code, stderr } = await world.run("bench", topology(file!), ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).toContain(hint);
    expect(world.survivors()).toEqual([]);
  });
});

const BATCH = `
[sources.in]
file = "jobs.jsonl"
to   = "odd"
[stages.odd]
run = "./odd.mjs"
[sinks.out]
stdout = true
[[edges]]
from = "odd"
to   = "out"
`;

const BATCH_WORKER = `export default (n) => {
  if (n === 7 || n === 8) throw new Error("no");
  return n % 2;
};`;

/** Names and types of all that is in it; of an array, its first element. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== "object" || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]));
}
