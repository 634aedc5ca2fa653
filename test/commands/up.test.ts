import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isAlive } from "../runtime/support.js";
import { DOUBLE, ENDLESS, project, shell } from "./support.js";

describe("up", { timeout: 180_000 }, () => {
  test("says where to send requests, answers them, and ends with 0 when it is interrupted", async () => {
    const up = shell().start("up", project(DOUBLE));
    const [, curl] = await up.says(/^ {2}curl '(.*)'$/m);
    expect(await (await fetch(curl!)).json()).toBe(2);
    up.signal("SIGINT");
    expect(await up.ended).toMatchObject({ code: 0, stdout: "" });
  });

  test("with --json prints one object when it is ready", async () => {
    const up = shell().start("up", project(DOUBLE), "--json");
    const [line] = await up.says(/^\{.*\}\n/);
    const { name, url, pid } = JSON.parse(line) as Record<string, unknown>;
    expect([name, isAlive(pid as number)]).toEqual(["demo", true]);
    expect((await fetch(`${url}/?n=4`)).status).toBe(200);
    up.signal("SIGTERM");
    expect((await up.ended).stdout).toBe(line);
  });

  test("serves a route with the default of a bigint", async () => {
    const file = project("export default ({ n }) => n * 2n;");
    const topology = readFileSync(file, "utf8");
    writeFileSync(file, topology.replace('n = "integer"', 'n = { type = "bigint", default = 9007199254740993 }'));
    const { stdout } = await shell().zpipe("up", file, "-d", "--wait", "--json");
    const { url } = JSON.parse(stdout) as { url: string };
    expect(await (await fetch(url)).text()).toBe("18014398509481986");
  });

  test("takes its workers from the environment, as one string", async () => {
    const { zpipe } = shell({ ZPIPE_WORKERS: "work=1,rest=3" });
    const file = project(DOUBLE);
    const topology = readFileSync(file, "utf8").replace('from = "work"', 'from = "rest"');
    const rest = '[stages.rest]\nrun = "./worker.mjs"\n[[edges]]\nfrom = "work"\nto = "rest"\n';
    writeFileSync(file, topology + rest);
    expect(await zpipe("up", file, "-d", "--wait")).toMatchObject({ code: 0 });
    expect((await zpipe("ps", "-q")).stdout.match(/^\w+\.\d$/gm)).toEqual(["work.1", "rest.1", "rest.2", "rest.3"]);
  });

  test("interrupted once waits for its requests, interrupted twice ends with 130", async () => {
    const up = shell().start("up", project(ENDLESS));
    const [, curl] = await up.says(/^ {2}curl '(.*)'$/m);
    const request = fetch(curl!).catch(() => "broken off");
    await up.says(/begun/);
    up.signal("SIGINT");
    await up.says(/waiting for 1 request /);
    up.signal("SIGINT");
    expect((await up.ended).code).toBe(130);
    await request;
  });

  test("of a wrong topology starts nothing, tells all that is wrong, and ends with 2", async () => {
    const file = project(DOUBLE);
    writeFileSync(file, 'name = "demo"\n[stages.work]\nrn = "./worker.mjs"\nworkers = -1\n');
    const { code, stdout, stderr } = await shell().zpipe("up", file);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/demo\.toml:3:1: /);
    expect(stderr).toMatch(/demo\.toml:4:\d+: /);
  });

  test("with a flag that is no duration says so, and how to write one", async () => {
    const { code, stderr } = await shell().zpipe("up", project(DOUBLE), "--drain", "5");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Error: --drain "5" is no duration\n {2}Write it as 250ms, 30s or 5m\.\n/);
  });

  test("of a worker that cannot start ends with 1 and its words", async () => {
    const { code, stderr } = await shell().zpipe("up", project("throw new Error('no licence');"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/Error: work\.\d could not be started: exit code 1/);
    expect(stderr).toContain("no licence");
  });

  test("under a name that is taken ends with 1 and tells whose it is", async () => {
    const { start, zpipe } = shell();
    const file = project(DOUBLE);
    await start("up", file).says(/is up/);
    expect(await zpipe("up", file)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/already running \(pid \d+\)/),
    });
  });
});

describe("up --detach", { timeout: 180_000 }, () => {
  test("--wait returns when requests can be sent, and the run goes on", async () => {
    const { zpipe } = shell();
    const { code, stdout } = await zpipe("up", project(DOUBLE), "-d", "--wait", "--json", "-w", "work=1");
    const { url } = JSON.parse(stdout) as { url: string };
    expect([code, await (await fetch(`${url}/?n=21`)).json()]).toEqual([0, 42]);
    expect((await zpipe("ps", "-q")).stdout).toBe("server\nwork\nwork.1\n");
    expect(await zpipe("down")).toMatchObject({ code: 0, stdout: "demo is down\n" });
    expect(await zpipe("ps")).toMatchObject({ code: 3, stderr: expect.stringContaining("no topology is running") });
  });

  test("--wait and --timeout may come from the environment", async () => {
    const { zpipe } = shell({ ZPIPE_WAIT: "1", ZPIPE_TIMEOUT: "20" });
    expect(await zpipe("up", project(DOUBLE), "-d")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("is up at"),
    });
  });

  test("--wait passes on why it could not be started", async () => {
    const outcome = await shell().zpipe("up", project("throw new Error('no licence');"), "-d", "--wait");
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining("no licence") });
  });
});

describe("scale", { timeout: 180_000 }, () => {
  test("takes several stages, and a minus", async () => {
    const { zpipe } = shell();
    await zpipe("up", project(DOUBLE), "-d", "--wait");
    expect(await zpipe("scale", "work", "-1")).toMatchObject({ code: 0, stdout: "work: 2 → 1\n" });
    expect(await zpipe("scale", "-n", "demo", "work=3")).toMatchObject({ stdout: "work: 1 → 3\n" });
    expect(await zpipe("scale", "wrk", "3")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean "work"?'),
    });
    expect((await zpipe("ps")).stdout).toMatch(/^work +3\/3 /m);
  });
});
