import type { SuiteResult, TestResult } from "../testing/result.js";
import { count } from "./count.js";

/** What `test --json` prints. */
export interface TestReport {
  readonly ok: boolean;
  readonly ran: number;
  readonly passed: number;
  readonly failed: number;
  readonly durationMs: number;
  readonly topologies: readonly SuiteResult[];
}

export function reportOf(topologies: readonly SuiteResult[]): TestReport {
  const tests = topologies.flatMap((suite) => suite.tests);
  const passed = tests.filter(({ ok }) => ok).length;
  const durationMs = topologies.reduce((sum, suite) => sum + suite.durationMs, 0);
  const failed = tests.length - passed;
  return { ok: failed === 0, ran: tests.length, passed, failed, durationMs: Math.round(durationMs), topologies };
}

/** `  ten numbers   OK   12 ms`, and below it what was wrong. */
export function formatTest({ name, ok, durationMs, faults, log }: TestResult, width: number): string {
  return [
    `  ${name.padEnd(width)}  ${ok ? "OK    " : "FAILED"}  ${Math.round(durationMs)} ms`,
    ...faults.flatMap(({ what, expected, actual }) => [
      `    ${what}`,
      `      expected: ${expected}`,
      `      actual:   ${indented(actual)}`,
    ]),
    ...(log.length > 0 ? ["    log", ...log.map((line) => `      ${line.replaceAll("\n", "\n      ")}`)] : []),
  ].join("\n");
}

export function formatTotal({ ran, passed, failed, durationMs }: TestReport): string {
  const parts = [...(passed > 0 ? [`passed ${passed}`] : []), ...(failed > 0 ? [`failed ${failed}`] : [])];
  const verdict = failed === 0 ? "OK" : "FAILED";
  return `\nRan ${count(ran, "test")} in ${(durationMs / 1000).toFixed(3)} s\n\n${verdict} (${parts.join(", ")})`;
}

function indented(text: string): string {
  return text.replaceAll("\n", "\n                ");
}
