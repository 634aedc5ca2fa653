import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { BenchReport } from "../../src/bench/result.js";
import type { SourceSnapshot } from "../../src/metrics/snapshot.js";
import { linesOf } from "../helpers/place.js";
import { EXAMPLES, World } from "../helpers/zpipe.js";

interface Result {
  readonly n: number;
  readonly source: string;
  readonly stage: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

const world = new World();
afterAll(() => world.close());
const example = (file: string) => join(EXAMPLES, "pipeline", file);
const run = (file: string, ...args: string[]) => world.run("run", example(file), "--verbose", ...args);

describe("the pipeline", { timeout: 180_000 }, () => {
  test.each(["singlethread.toml", "multithread.toml"])("%s ends when the last is acknowledged", async (file) => {
    const { code, stderr } = await run(file, "--set", "workload_ms=2");
    expect([code, stderr]).toEqual([0, expect.stringMatching(/100 jobs done/)]);
    // It has torn down in an orderly way, and had them all then.
    expect(stderr).toMatch(/collected 100 in \d+/);
  });

  test("dependencies.toml: the second task begins when the first is completed, and not before", async () => {
    const { code, stdout } = await run("dependencies.toml", "--set", "workload_ms=1", "--workers", "first_work=2");
    expect(code).toBe(0);
    const results = linesOf(stdout).map((line) => JSON.parse(line) as Result);
    const of = (source: string) => results.filter((result) => result.source === source);
    for (const source of ["first", "second"]) {
      const numbers = of(source).map(({ n }) => n);
      expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
      expect(new Set(of(source).map(({ stage }) => stage))).toEqual(new Set([`${source}_work`]));
    }
    const lastEnd = Math.max(...of("first").map(({ endedAt }) => endedAt));
    expect(Math.min(...of("second").map(({ startedAt }) => startedAt))).toBeGreaterThanOrEqual(lastEnd);
    // What is written of the first is there before anything of the second is.
    expect(results.slice(0, 500).every(({ source }) => source === "first")).toBe(true);
  });

  test("dependencies.toml: the second waits in ps and in the picture", async () => {
    const name = `dependencies-${process.pid}`;
    // Long enough to be looked at on any machine: it is not waited for.
    const program = world.start("run", example("dependencies.toml"), "--name", name, "--set", "workload_ms=500");
    let second: SourceSnapshot | undefined;
    await world.looks(name, "the first has begun", ({ sources }) => {
      second = sources[1];
      return (sources[0]?.done ?? 0) > 0;
    });
    expect(second).toMatchObject({ name: "second", state: "waiting", after: ["first"] });
    program.signal("SIGKILL");
    await program.ended;
    const { stdout } = await world.run("graph", example("dependencies.toml"));
    expect(stdout).toMatch(/^second .*\(after first\)$/m);
  });

  test("metadata.toml: everyone is told before the first job, and --set goes over the file", async () => {
    const told = async (...args: string[]) => {
      const { code, stdout, stderr } = await run("metadata.toml", ...args);
      expect(code).toBe(0);
      const values = linesOf(stdout).map((line) => JSON.parse(line) as { task: string; by: string; told: string });
      return { values: values.sort((a, b) => a.by.localeCompare(b.by)), stderr };
    };
    const each = (value: unknown) => ["program", "threads", "worker"].map((by) => ({ task: value, by, told: value }));
    const { values, stderr } = await told();
    expect(values).toEqual(each("my value"));
    expect(stderr).toContain("the task is told my value");
    expect(stderr).toContain("the collector is told my value, and has the job from program");
    expect((await told("--set", "meta_variable=18446744073709551615")).values.map((value) => value.by)).toHaveLength(3);
    expect((await told("--set", 'meta_variable={"deep":["er"]}')).values).toEqual(each({ deep: ["er"] }));
  });

  test("the benchmark is a table of jobs and workers, beside the time of the work alone", async () => {
    const args = [
      "bench",
      example("multithread.toml"),
      "--jobs",
      "20,60",
      "--sweep",
      "work=1,2",
      "--set",
      "workload_ms=5",
    ];
    const { results } = await world.json<BenchReport>(...args);
    expect(results.map(({ batch, workers }) => [batch!.jobs, workers.work, batch!.parallel])).toEqual([
      [20, 1, 10],
      [60, 1, 10],
      [20, 2, 20],
      [60, 2, 20],
    ]);
    for (const { answered, batch } of results) {
      const { jobs, parallel, idealMs, measuredMs, overhead } = batch!;
      expect(answered).toBe(jobs);
      expect(idealMs).toBeGreaterThanOrEqual((jobs * 5) / parallel);
      expect(measuredMs).toBeGreaterThanOrEqual((jobs / parallel) * 5);
      expect(overhead).toBeCloseTo(measuredMs / idealMs - 1, 6);
    }
    const text = await world.run("bench", example("singlethread.toml"), "--jobs", "5", "--job-time", "10ms");
    expect(text.stdout).toMatch(/^JOBS +WORKERS +AT A TIME +IDEAL MS +MEASURED MS +OVERHEAD +FAILED$/m);
    expect(text.stdout).toMatch(/^ +5 +work=1 collector=1 +1 +50 +\d+ +\d+\.\d % +0$/m);
    const refused = await world.run("bench", example("dependencies.toml"), "--jobs", "5");
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("with one source and no server")]);
  });
});
