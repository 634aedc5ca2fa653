import { describe, expect, test } from "vitest";
import { around, mistakesIn, topologyOf } from "./support.js";

const tests = (...tables: readonly string[]) => around({ rest: tables.map((text) => `[[tests]]\n${text}`).join("\n") });

const BATCH = (text: string) => `
[sources.in]
stdin = true
to = "a"
[stages.a]
command = ["work"]
[sinks.out]
stdout = true
[[edges]]
from = "a"
to = "out"
[[tests]]
${text}`;

const PLAIN = { without: [], kill: [], withinMs: undefined, notBeforeMs: undefined };

describe("a test", () => {
  test("of a request has the keys of a sample, and the request for a name", async () => {
    const topology = await topologyOf(tests('request = "/?n=1"\nanswer = 1'));
    const sample = { method: "GET", target: "/?n=1", body: undefined, status: 200, answer: { value: 1 } };
    expect(topology.tests).toEqual([{ name: "GET /?n=1", act: { kind: "request", sample }, ...PLAIN }]);
    expect(topology.samples).toEqual([]);
  });

  test("of a stage has a job and what it comes to", async () => {
    const text = 'name = "alone"\nstage = "a"\njob = { n = [1] }\nresult = 9007199254740993\nwithin = "1s"';
    const topology = await topologyOf(tests(text));
    const act = { kind: "stage", stage: "a", job: { n: [1] }, status: 200, result: { value: 9007199254740993n } };
    expect(topology.tests).toEqual([{ name: "alone", act, ...PLAIN, withinMs: 1000 }]);
  });

  test("of a batch has jobs and results", async () => {
    const text = 'jobs = [1, "x"]\nresults = [[2]]\nordered = true\nfailed = 1\nkill = "a"\nnot_before = "5ms"';
    const topology = await topologyOf(BATCH(text));
    const act = {
      kind: "batch",
      source: undefined,
      jobs: [1, "x"],
      results: [[2]],
      sink: undefined,
      ordered: true,
      failed: 1,
    };
    expect(topology.tests).toEqual([{ name: "batch", act, ...PLAIN, kill: ["a"], notBeforeMs: 5 }]);
  });

  test("may stand in an included file", async () => {
    const text = around({ top: 'include = ["more.toml"]', rest: '[[tests]]\nrequest = "/?n=1"' });
    const topology = await topologyOf(text, { "more.toml": '[[tests]]\nrequest = "/?n=2"' });
    expect(topology.tests.map(({ name }) => name)).toEqual(["GET /?n=1", "GET /?n=2"]);
  });
});

describe("mistakes in a test", () => {
  test.each([
    [
      'name = "x"',
      'main.toml:11:1: [[tests]] needs request, stage, jobs or results (for example request = "GET /?n=1")',
    ],
    ['request = "/"\nanswr = 1', 'main.toml:13:1: unknown key "answr" in [[tests]]; did you mean "answer"?'],
    ['request = "/"\nstage = "a"\njob = 1', "main.toml:13:9: only one of request, stage or jobs can be given"],
    ['request = "/nowhere"', 'main.toml:12:11: no route answers GET /nowhere (the paths are "/")'],
    ['stage = "a"', "main.toml:11:1: [[tests]] needs job (the value that the stage is given)"],
    ['stage = "ab"\njob = 1', 'main.toml:12:9: unknown stage "ab" (the stages are "a")'],
    ['request = "/"\nwithout = ["a", "b"]', 'main.toml:13:17: unknown stage "b" (the stages are "a")'],
    ['request = "/"\nkill = "a"\nwithout = "a"', 'main.toml:13:8: "a" is without workers in this test'],
    [
      'stage = "a"\njob = 1\nwithout = "a"',
      "main.toml:14:11: a test of one stage alone has no other stages (leave out without)",
    ],
    [
      'request = "/"\nwithin = "1s"\nnot_before = "1s"',
      "main.toml:14:14: not_before must be less than within: the test could never pass",
    ],
    ["jobs = [1]", "main.toml:11:1: the topology has no source, so the test has no jobs to follow"],
    ['request = "/"\nkill = [3]', "main.toml:13:9: kill must be the name of a stage or an array of them, not 3"],
  ])("%s", async (text, expected) => {
    expect((await mistakesIn(tests(text)))[0]).toBe(expected);
  });

  test("a name stands once", async () => {
    const text = 'name = "x"\nrequest = "/"';
    expect(await mistakesIn(tests(text, text))).toEqual([
      'main.toml:15:8: the test "x" is already defined at main.toml:11:1',
    ]);
  });

  test("nothing can be killed where all share a process", async () => {
    const text = tests('request = "/"\nkill = "a"');
    expect(await mistakesIn(`placement = "inline"\n${text}`)).toEqual([
      'main.toml:14:8: with placement = "inline" workers have no process of their own that could be killed',
    ]);
  });

  test.each([
    ["jobs = 1", "main.toml:13:8: jobs must be an array of values, not 1"],
    ['source = "inn"', 'main.toml:13:10: unknown source "inn"; did you mean "in"?'],
    ['jobs = [1]\nsink = "a"', 'main.toml:14:8: unknown sink of lines "a"'],
    ['jobs = [1]\nwithout = "out"', 'main.toml:14:11: "out" is a sink (the stages are "a")'],
  ])("%s", async (text, expected) => {
    expect(await mistakesIn(BATCH(text))).toEqual([expected]);
  });
});
