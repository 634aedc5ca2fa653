import { describe, expect, test } from "vitest";
import { parsePattern, parseSince } from "../../src/cli/log-query.js";

const now = new Date(2026, 5, 15, 12, 0, 0).getTime();

describe("--since", () => {
  test.each([
    ["30s", now - 30_000],
    ["5m", now - 300_000],
    ["3d", now - 3 * 86_400_000],
    ["11:59", new Date(2026, 5, 15, 11, 59).getTime()],
    ["11:59:30.5", new Date(2026, 5, 15, 11, 59, 30, 500).getTime()],
    // Still to come today: yesterday's.
    ["23:00:00", new Date(2026, 5, 14, 23, 0, 0).getTime()],
    ["2026-06-01", new Date(2026, 5, 1).getTime()],
    ["2026-06-01T10:00:00Z", Date.UTC(2026, 5, 1, 10)],
    ["2026-06-01T10:00:00+02:00", Date.UTC(2026, 5, 1, 8)],
    ["2026-06-01 10:00", new Date(2026, 5, 1, 10).getTime()],
  ])("%s", (text, time) => {
    expect(parseSince(text, now)).toBe(time);
  });

  test.each(["", "5", "yesterday", "25:00", "12:61", "2026-13-01", "-5m", "June 1"])("%j is no time", (text) => {
    expect(() => parseSince(text, now)).toThrow("is no time");
  });
});

test("--grep that is no regular expression says why", () => {
  expect(parsePattern("a|b", true).test("B")).toBe(true);
  expect(() => parsePattern("(", false)).toThrow(/^--grep is not a regular expression: .*Unterminated group$/);
});
