import { describe, expect, test } from "vitest";
import { parseDuration, parseSize } from "../../src/topology/units.js";

describe("durations", () => {
  test.each([
    ["250ms", 250],
    ["2s", 2_000],
    ["1.5s", 1_500],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["0.6ms", 1],
  ])("%s is %i milliseconds", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(["", "2", "s", "2 s", "-2s", "2S", "2sec", "2d", "1e3s", ".5s", "0s", "600h"])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe("sizes", () => {
  test.each([
    ["100B", 100],
    ["64KiB", 65_536],
    ["1MiB", 1_048_576],
    ["1.5MiB", 1_572_864],
    ["2GiB", 2_147_483_648],
  ])("%s is %i bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(["", "1MB", "1kb", "1 MiB", "-1B", "0B", "64", "9999999999GiB"])("%j is none", (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});
