import { describe, expect, test } from "vitest";
import { findRun, listRuns } from "../../src/control/runs.js";
import { stage, started, temporaryEnvironment } from "../runtime/support.js";

describe("finding a run", () => {
  test("fails with a hint when there is none", async () => {
    await expect(findRun(undefined, temporaryEnvironment())).rejects.toMatchObject({
      message: "no topology is running",
      exitCode: 3,
      hints: ["Start one with `zpipe up FILE`."],
    });
  });

  test("needs no name when there is one, and a name when there are several", async () => {
    const env = temporaryEnvironment();
    await started([stage("a")], { env, name: "one" });
    expect((await findRun(undefined, env)).name).toBe("one");
    await started([stage("a")], { env, name: "two" });
    await expect(findRun(undefined, env)).rejects.toMatchObject({
      message: "several topologies are running: one, two",
    });
    expect((await findRun("two", env)).name).toBe("two");
    await expect(findRun("three", env)).rejects.toMatchObject({ hints: ["Running now: one, two."] });
  });

  test("does not see runs that have ended", async () => {
    const env = temporaryEnvironment();
    const run = await started([stage("a")], { env });
    await run.stop();
    expect(await listRuns(env)).toEqual([]);
  });
});
