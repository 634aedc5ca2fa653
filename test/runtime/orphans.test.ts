import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { isAlive, optionsFor, stage } from "./support.js";

const SUPERVISOR = fileURLToPath(new URL("./fixtures/supervisor.js", import.meta.url));

test("kill -9 of the supervisor leaves no child, not even one that computes", async () => {
  const options = optionsFor([stage("busy", { env: { BEHAVIOUR: "busy" } })]);
  const supervisor = spawn(process.execPath, [SUPERVISOR, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pids = await firstLine(supervisor.stdout);
  expect(pids).toHaveLength(4);
  expect(pids.filter(isAlive)).toEqual(pids);
  const closed = new Promise((resolve) => supervisor.once("close", resolve));
  supervisor.kill("SIGKILL");
  // Its output closes too: the guardian does not hold it.
  await closed;
  await expect.poll(() => pids.filter(isAlive), { timeout: 1_000, interval: 20 }).toEqual([]);
});

function firstLine(stream: NodeJS.ReadableStream): Promise<number[]> {
  return new Promise((resolve) => {
    createInterface({ input: stream }).once("line", (line) => resolve(JSON.parse(line) as number[]));
  });
}
