import type { SuiteResult, TestResult } from "../testing/result.js";
import type { TestReport } from "./test-report.js";

/** The report as CI servers read it: the JUnit XML of https://github.com/testmoapp/junitxml. */
export function junitXml({ ran, failed, durationMs, topologies }: TestReport): string {
  const counts = `tests="${ran}" failures="${failed}" errors="0" time="${seconds(durationMs)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    ...topologies.flatMap(suiteLines),
    "</testsuites>",
    "",
  ].join("\n");
}

function suiteLines({ name, file, startedAt, durationMs, tests }: SuiteResult): readonly string[] {
  const failed = tests.filter(({ ok }) => !ok).length;
  const counts = `tests="${tests.length}" failures="${failed}" errors="0" skipped="0" time="${seconds(durationMs)}"`;
  const timestamp = startedAt.replace(/\.\d+Z$/, "Z");
  return [
    `  <testsuite name="${escaped(name)}" file="${escaped(file)}" timestamp="${timestamp}" ${counts}>`,
    ...tests.flatMap((test) => caseLines(name, test)),
    "  </testsuite>",
  ];
}

function caseLines(suite: string, { name, ok, durationMs, faults, log }: TestResult): readonly string[] {
  const open = `    <testcase name="${escaped(name)}" classname="${escaped(suite)}" time="${seconds(durationMs)}"`;
  if (ok) return [`${open}/>`];
  const told = faults.map(({ what, expected, actual }) => `${what}: expected ${expected}, got ${actual}`);
  const first = told[0]!.split("\n")[0]!;
  return [
    `${open}>`,
    `      <failure message="${escaped(first)}" type="${faults[0]!.what}">${escaped(told.join("\n"))}</failure>`,
    ...(log.length > 0 ? [`      <system-out>${escaped(log.join("\n"))}</system-out>`] : []),
    "    </testcase>",
  ];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** XML 1.0 has no word at all for most control characters, nor for half a surrogate pair. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

function escaped(text: string): string {
  return text.replace(UNSPEAKABLE, "\ufffd").replace(/[&<>"\n\r\t]/g, (character) => ENTITIES[character]!);
}
