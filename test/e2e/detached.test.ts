import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Snapshot } from "../../src/metrics/snapshot.js";
import { ask } from "../helpers/http.js";
import { EXAMPLES, World } from "../helpers/zpipe.js";

test("a detached run is waited for, looked at, scaled and ended, all in JSON", async () => {
  const world = new World();
  onTestFinished(() => world.close());
  const name = ["--name", "apart"];
  const file = join(EXAMPLES, "euler6.toml");
  const options = ["--detach", "--wait", "--listen", "http://127.0.0.1:0", "--workers", "sum=1", "--placement", "hub"];

  const up = await world.json<{ name: string; url: string; pid: number }>("up", file, ...options, ...name);
  expect(up).toMatchObject({ name: "apart", url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  expect((await ask(`${up.url}/?n=1&n=2&n=3`)).json).toEqual({ sum: 14, square: 36, diff: 22 });

  const { run, nodes, stages, server } = await world.json<Snapshot>("ps", ...name);
  expect(run).toMatchObject({ name: "apart", state: "running", pid: up.pid, url: up.url, placement: "hub" });
  expect(stages.map((stage) => [stage.name, stage.workers.ready, stage.done])).toEqual([
    ["sum", 1, 1],
    ["square", 2, 1],
    ["difference", 1, 1],
  ]);
  expect(server).toMatchObject({ pending: 0, requests: 1, statuses: { 200: 1 } });
  expect(world.survivors()).toEqual(expect.arrayContaining(nodes.map(({ pid }) => pid)));

  const scaled = await world.json("scale", "sum", "3", "square", "-1", "difference", "1", ...name);
  expect(scaled).toEqual({
    stages: [
      { stage: "sum", before: 1, after: 3 },
      { stage: "square", before: 2, after: 1 },
      { stage: "difference", before: 1, after: 1 },
    ],
  });
  expect((await world.run("ps", "--quiet", ...name)).stdout.split("\n")).toEqual(
    expect.arrayContaining(["sum.3", "square.1"]),
  );

  const wrong = await world.run("scale", "squares", "3", "--json", ...name);
  expect([wrong.code, JSON.parse(wrong.stdout)]).toEqual([
    2,
    { error: expect.objectContaining({ code: "unknown-stage" }) },
  ]);

  expect(await world.json("down", "apart")).toEqual({ stopped: [{ name: "apart", clean: true, unanswered: 0 }] });
  await world.deserted();
});
