import { describe, expect, test } from "vitest";
import { exitCodeOf } from "../../src/bench/bench.js";
import { htmlReport } from "../../src/bench/html.js";
import type { BenchReport } from "../../src/bench/result.js";
import { yTicks } from "../../src/bench/svg.js";
import { formatBench } from "../../src/cli/bench-tables.js";
import { result } from "./support.js";

const swept: BenchReport = {
  sweep: { stage: "square", workers: [1, 2] },
  results: [result({ workers: { square: 1, "sum-up": 1 } }), result()],
};
const chaos = {
  events: [{ atMs: 200, kind: "kill-worker", target: "square.1" } as const],
  lost: 1,
  doubled: 0,
  wrong: 0,
};

describe("for people", () => {
  test("a measurement", () => {
    const missed = [{ threshold: "p99>19ms", actual: 20 }];
    expect(formatBench({ sweep: null, results: [result({ chaos, missed })] })).toMatchInlineSnapshot(`
      "demo: separate, ipc, closed loop of 64 connections over HTTP, 1 s after 0.2 s of warm-up
      500 answers, 500/s; errors: 1 refused, 1 timeout

      LATENCY  MEAN  P50  P90  P99  P99.9  MAX
      ms         10   10   18   20     30   40

      STAGE   WORKERS  UTILISATION  JOBS  WAIT P50  P99  MAX  SERVICE P50  P99  MAX
      square        2  75 %          500         2    5    6            1    5    6
      sum-up        1  5.0 %         500       0.5    5    6         0.25    5    6

      Bottleneck: square, whose workers were busiest.

      Chaos: 1 × kill-worker; 1 lost, 0 doubled, 0 wrong

      1 wrong answer, for example:

        GET /?n=<2>
          expected 200 4
          got      200 5

      Missed: p99>19ms, it is 20"
    `);
  });

  test("a sweep is one table", () => {
    const results = swept.results.map((each) => ({ ...each, wrong: 0, wrongAnswers: [] }));
    expect(formatBench({ ...swept, results })).toMatchInlineSnapshot(`
      "demo: separate, ipc, closed loop of 64 connections over HTTP, 1 s after 0.2 s of warm-up

      SQUARE  ANSWERS/S  P50 MS  P99 MS  UTILISATION  ERRORS  BOTTLENECK
           1        500      10      20  75 %              2  square
           2        500      10      20  75 %              2  square"
    `);
  });
});

describe("as HTML", () => {
  test("is one file that loads nothing, and says nothing unescaped", () => {
    const html = htmlReport({ sweep: null, results: [result({ topology: "a<b" })] });
    expect(html).not.toMatch(/<(script|link|img|iframe)|src=|href=|url\(|@import|https?:/);
    expect(html).toContain("a&#60;b");
    expect(html.match(/<svg /g)).toHaveLength(2);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("has a line for each measurement in each plot", () => {
    const html = htmlReport(swept);
    expect(html.match(/<polyline /g)).toHaveLength(4);
    expect(html).toContain("square × 1");
  });

  test("of a run without a single answer is whole, too", () => {
    const { latency } = result();
    const none = { ...latency, count: 0, p50Ms: 0, hdr: "" };
    const html = htmlReport({ sweep: null, results: [result({ answered: 0, latency: none })] });
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });
});

test.each([
  [0, [0, 0.0000002]],
  [9, [0, 2, 4, 6, 8, 10]],
  [10, [0, 2, 4, 6, 8, 10]],
  [1234, [0, 500, 1000, 1500]],
])("the axis for %d is %j", (highest, ticks) => {
  expect(yTicks(highest).slice(0, ticks.length)).toEqual(ticks);
});

test("the exit code tells the worst", () => {
  const missed = [{ threshold: "p99>19ms", actual: 20 }];
  const good = { wrong: 0, missed: [] };
  const code = (...changes: readonly Partial<ReturnType<typeof result>>[]) =>
    exitCodeOf({ sweep: null, results: changes.map((change) => result({ ...good, ...change })) });
  expect(code({})).toBe(0);
  expect(code({ missed }, {})).toBe(4);
  expect(code({ missed }, { wrong: 1 })).toBe(1);
  expect(code({ answered: 0 })).toBe(1);
  expect(code({ wrong: 1, chaos })).toBe(5);
});
