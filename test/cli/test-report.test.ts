import { expect, test } from "vitest";
import { junitXml } from "../../src/cli/junit.js";
import { chosenTests, noTests } from "../../src/cli/test-choice.js";
import { formatTest, formatTotal, reportOf } from "../../src/cli/test-report.js";
import type { SystemTest } from "../../src/topology/types.js";
import { topologyOf } from "../runtime/support.js";

const RIGHT = { name: "right", ok: true, durationMs: 12.3, faults: [], log: [] };
const WRONG = {
  name: 'a "wrong" <one>',
  ok: false,
  durationMs: 4000,
  faults: [{ what: "answer", expected: "200 1", actual: "200 2 \u0007" }],
  log: ["sum.1: error: no\n    at home"],
} as const;
const suite = (tests: readonly (typeof RIGHT | typeof WRONG)[]) =>
  reportOf([{ name: "demo", file: "/t/demo.toml", startedAt: "2026-01-02T03:04:05.678Z", durationMs: 4012, tests }]);

test("people see names, verdicts, and what was wrong", () => {
  expect(formatTest(RIGHT, 8)).toBe("  right     OK      12 ms");
  expect(formatTest(WRONG, 8).split("\n")).toEqual([
    '  a "wrong" <one>  FAILED  4000 ms',
    "    answer",
    "      expected: 200 1",
    "      actual:   200 2 \u0007",
    "    log",
    "      sum.1: error: no",
    "          at home",
  ]);
  expect(formatTotal(suite([RIGHT, WRONG]))).toBe("\nRan 2 tests in 4.012 s\n\nFAILED (passed 1, failed 1)");
  expect(formatTotal(suite([RIGHT]))).toBe("\nRan 1 test in 4.012 s\n\nOK (passed 1)");
});

test("CI servers see JUnit XML, without what XML has no word for", () => {
  expect(junitXml(suite([RIGHT, WRONG])).split("\n")).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites tests="2" failures="1" errors="0" time="4.012">',
    '  <testsuite name="demo" file="/t/demo.toml" timestamp="2026-01-02T03:04:05Z" tests="2" failures="1" errors="0" skipped="0" time="4.012">',
    '    <testcase name="right" classname="demo" time="0.012"/>',
    '    <testcase name="a &quot;wrong&quot; &lt;one&gt;" classname="demo" time="4.000">',
    '      <failure message="answer: expected 200 1, got 200 2 \ufffd" type="answer">answer: expected 200 1, got 200 2 \ufffd</failure>',
    "      <system-out>sum.1: error: no&#10;    at home</system-out>",
    "    </testcase>",
    "  </testsuite>",
    "</testsuites>",
    "",
  ]);
});

test("names are chosen by an expression; none at all is a mistake", () => {
  const sample = { method: "GET", target: "/a", body: undefined, status: 200, answer: undefined };
  const rest = { act: { kind: "request", sample }, without: [], kill: [], withinMs: undefined, notBeforeMs: undefined };
  const tests = ["one", "two"].map((name) => ({ name, ...rest }) as SystemTest);
  const topology = { ...topologyOf([]), tests, samples: [sample] };
  const names = (grep?: string, samples = false) => chosenTests(topology, { grep, samples }).map(({ name }) => name);
  expect(names()).toEqual(["one", "two"]);
  expect(names("^t|GET", true)).toEqual(["two", "sample 1: GET /a"]);
  expect(() => names("(")).toThrow('--grep "(" is not a regular expression');
  expect(noTests([topology], { grep: "x", samples: false }).message).toBe("no test of demo has a name that matches x");
  expect(noTests([{ ...topology, tests: [] }], { grep: undefined, samples: false }).hints[1]).toContain("--samples");
});
