import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { TestReport } from "../../src/cli/test-report.js";
import { EXAMPLES, World } from "../helpers/zpipe.js";

const PIPED = join(EXAMPLES, "piped");
const FLAKY = join(import.meta.dirname, "topologies/flaky.toml");
const TESTED = join(import.meta.dirname, "topologies/tested.toml");

/** They wait for processes most of the time: side by side they take half of it. */
describe.concurrent("zpipe test", { timeout: 300_000 }, () => {
  const worlds: World[] = [];
  afterAll(() => Promise.all(worlds.map((world) => world.close())));

  function newWorld(): World {
    const world = new World();
    worlds.push(world);
    return world;
  }

  test("passes the tutorial's tests at each of its steps, and what it could not do", async () => {
    const world = newWorld();
    const files = ["step1", "step2", "step3", "step4", "beyond"].map((name) => join(PIPED, `${name}.toml`));
    const xml = join(world.directory, "report.xml");
    const examples = ["collatz.toml", "monitor/topology.toml", "tiles/topology.toml"];
    const others = [...examples.map((file) => join(EXAMPLES, file)), FLAKY];
    const report = await world.json<TestReport>("test", ...files, ...others, "--junit", xml);
    const failures = report.topologies.flatMap(({ tests }) => tests.filter(({ ok }) => !ok));
    expect(failures).toEqual([]);
    expect(report.topologies.map(({ name, tests }) => [name, tests.length])).toEqual([
      ["piped-1", 2],
      ["piped-2", 4],
      ["piped-3", 4],
      ["piped-4", 5],
      ["piped-beyond", 8],
      ["collatz", 3],
      ["monitor", 4],
      // A worker is killed that has to load what its job needs.
      ["tiles", 3],
      // A handler that throws is called again, as often as `retries` says.
      ["flaky", 1],
    ]);
    const step4 = report.topologies[3]!.tests.find(({ name }) => name === "single number without workers")!;
    expect(step4.durationMs).toBeGreaterThanOrEqual(2000);
    expect(readFileSync(xml, "utf8")).toContain('<testsuites tests="34" failures="0"');
    await world.deserted();
  });

  test("tells what was expected and what came, and exits with 1", async () => {
    const world = newWorld();
    const { code, stdout } = await world.run("test", TESTED);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^tested\n/);
    expect(stdout).toMatch(/^ {2}right +OK/m);
    expect(stdout).toMatch(/wrong answer +FAILED.*\n {4}answer\n {6}expected: 200\n {6}actual: {3}204/);
    expect(stdout).toMatch(/1 results; missing: 3\n {6}actual: {3}1 results; not expected: 1\n {4}failures/);
    expect(stdout).toMatch(/late +FAILED.*\n {4}time\n {6}expected: within 0.001 s/);
    expect(stdout).toMatch(/nothing to kill +FAILED.*\n {4}kill\n.*\n {6}actual: {3}it was over before/);
    expect(stdout).toMatch(/no worker +FAILED.*\n {4}time\n.*\n {6}actual: {3}not over by then/);
    expect(stdout).toMatch(/\nRan 6 tests in [\d.]+ s\n\nFAILED \(passed 1, failed 5\)\n$/);
    await world.deserted();
  });

  test("does only what is asked for, and refuses to do nothing", async () => {
    const world = newWorld();
    const some = await world.json<TestReport>("test", join(PIPED, "step4.toml"), "--grep", "ten|GET", "--samples");
    expect(some.topologies[0]!.tests.map(({ name }) => name)).toEqual(["ten numbers", "sample 1: GET /?n=1&n=2&n=3"]);
    const none = await world.run("test", TESTED, "--grep", "nothing like it");
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('"wrong results"')]);
    const inline = await world.run("test", join(PIPED, "beyond.toml"), "--grep", "dies", "--placement", "inline");
    expect([inline.code, inline.stdout]).toEqual([1, expect.stringContaining("no process of their own")]);
  });
});

test("every topology of the tutorial is right", async () => {
  const world = new World();
  const whole = readdirSync(PIPED).filter((name) => /^(step|worker|beyond).*\.toml$/.test(name));
  const { code, stderr } = await world.run("validate", ...whole.map((name) => join(PIPED, name)));
  await world.close();
  expect([code, stderr]).toEqual([0, ""]);
});
