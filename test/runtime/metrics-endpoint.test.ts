import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { listRuns } from "../../src/control/runs.js";
import { startRun } from "../../src/runtime/start.js";
import { notOfSchema } from "../metrics/schema.js";
import { optionsFor, stage, started, temporaryEnvironment } from "./support.js";

test("a run tells its metrics at a port of their own, as long as it lives", async () => {
  const run = await started([stage("square")], { metricsPort: 0 });
  const url = run.record.metricsUrl!;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  const snapshot = await run.snapshot();
  expect(snapshot.run.metricsUrl).toBe(url);
  expect(notOfSchema(snapshot)).toEqual([]);

  const answer = await fetch(url);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await answer.text()).toContain('zpipe_stage_workers_ready{stage="square",run="demo"} 2\n');
  expect((await fetch(`${url}?x=1`, { method: "HEAD" })).status).toBe(200);
  expect((await fetch(new URL("/", url))).status).toBe(404);
  expect((await fetch(url, { method: "POST", body: "" })).status).toBe(405);

  await run.stop({ kill: true });
  await run.ended;
  await expect(fetch(url)).rejects.toThrow();
});

test("a run is told nowhere when nobody asks for it", async () => {
  const run = await started([stage("square")]);
  expect(run.record.metricsUrl).toBeUndefined();
});

test("a port that is taken ends the run before it begins, with what to do", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as AddressInfo;
  const env = temporaryEnvironment();
  await expect(startRun(optionsFor([stage("square")], { metricsPort: port, env }))).rejects.toMatchObject({
    code: "no-metrics",
    message: `the metrics cannot be told at 127.0.0.1 port ${port}: the port is in use`,
  });
  expect(await listRuns(env)).toEqual([]);
});
