import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readRecord } from "../../src/control/record.js";
import { claimRunDirectory } from "../../src/runtime/run-directory.js";
import { temporaryDirectory, temporaryEnvironment } from "./support.js";

const details = (pid = process.pid) => ({
  name: "demo",
  pid,
  topology: "/demo.toml",
  version: "1",
  startedAt: new Date().toISOString(),
  placement: "separate",
  transport: "ipc",
});

/** No process has it: pids end far below. */
const DEAD = 2 ** 30;

describe("a run directory", () => {
  test("is private to its user", async () => {
    const env = temporaryEnvironment();
    const { record } = await claimRunDirectory(details(), env);
    expect(record.directory).toBe(join(env.XDG_RUNTIME_DIR, "zpipe", "demo"));
    expect(statSync(join(env.XDG_RUNTIME_DIR, "zpipe")).mode & 0o777).toBe(0o700);
    expect(statSync(record.directory).mode & 0o777).toBe(0o700);
  });

  test("of a live run is not given again, and the error names the pid", async () => {
    const env = temporaryEnvironment();
    await claimRunDirectory(details(), env);
    await expect(claimRunDirectory(details(), env)).rejects.toMatchObject({
      code: "already-running",
      message: `"demo" is already running (pid ${process.pid})`,
    });
  });

  test("of a dead run is taken over, and nothing is left of it", async () => {
    const env = temporaryEnvironment();
    const { record } = await claimRunDirectory(details(DEAD), env);
    writeFileSync(join(record.directory, "left-over"), "");
    await claimRunDirectory(details(), env);
    expect(readdirSync(join(env.XDG_RUNTIME_DIR, "zpipe"))).toEqual(["demo"]);
    expect(readdirSync(record.directory)).toEqual(["run.json"]);
  });

  test("without a record is taken over", async () => {
    const env = temporaryEnvironment();
    mkdirSync(join(env.XDG_RUNTIME_DIR, "zpipe", "demo", "what"), { recursive: true });
    await claimRunDirectory(details(), env);
  });

  test("of several that ask at the same time, one gets it", async () => {
    const env = temporaryEnvironment();
    await claimRunDirectory(details(DEAD), env);
    const claims = await Promise.allSettled(Array.from({ length: 8 }, () => claimRunDirectory(details(), env)));
    expect(claims.filter((claim) => claim.status === "fulfilled")).toHaveLength(1);
  });

  test("takes updates at the same time, and is gone when it is removed meanwhile", async () => {
    const claimed = await claimRunDirectory(details(), temporaryEnvironment());
    const ports = Array.from({ length: 20 }, (_, port) => port);
    await Promise.all(ports.map((port) => claimed.update({ url: `http://127.0.0.1:${port}` })));
    expect(await readRecord(claimed.record.directory)).toMatchObject({ url: "http://127.0.0.1:19" });
    const updates = ports.map(() => claimed.update({ url: "http://127.0.0.1:1" }));
    await claimed.remove();
    await Promise.all(updates);
    expect(() => statSync(claimed.record.directory)).toThrow("ENOENT");
  });

  test("with a path too long for sockets has them in a short one", async () => {
    const runtime = join(temporaryDirectory(), "long".repeat(25));
    mkdirSync(runtime);
    const claimed = await claimRunDirectory(details(), { XDG_RUNTIME_DIR: runtime });
    expect(claimed.record.directory).toMatch(/^\/tmp\/zpipe-\w{6}$/);
    await claimed.remove();
    expect(() => statSync(claimed.record.directory)).toThrow("ENOENT");
  });

  test("of a place that cannot be written to is made elsewhere", async () => {
    const elsewhere = mkdtempSync("/tmp/zpt-");
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    const before = process.env.TMPDIR;
    process.env.TMPDIR = elsewhere;
    onTestFinished(() => {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    });
    const { record } = await claimRunDirectory(details(), { XDG_RUNTIME_DIR: "/nowhere" });
    expect(record.directory.startsWith(elsewhere)).toBe(true);
  });
});
