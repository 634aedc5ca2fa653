import { describe, expect, test } from "vitest";
import { formatTime } from "../../src/dashboard/columns.js";
import { sparkline } from "../../src/dashboard/history.js";
import { span, textOf } from "../../src/dashboard/style.js";
import { cellsOf, cut, harmless, pad, padRow, spread, widthOf } from "../../src/dashboard/text.js";
import { usageOfRun, usageOfStage } from "../../src/dashboard/usage.js";
import { formatAmount, formatBytes } from "../../src/metrics/format.js";
import { node, snapshot, times } from "./support.js";

describe("text", () => {
  test("is as wide as the cells that it takes", () => {
    expect(widthOf("square ×2 ◆ ▁█ →")).toBe(16);
    expect(widthOf("漢字")).toBe(4);
    expect(cellsOf("a👩‍💻é").map(({ width }) => width)).toEqual([1, 2, 1]);
  });

  test("is cut between characters, never within one", () => {
    expect(cut("square", 6)).toBe("square");
    expect(cut("square", 4)).toBe("squ…");
    expect(cut("漢字漢", 4)).toBe("漢…");
    expect(cut("square", 0)).toBe("");
    expect(pad("漢字漢", 4)).toBe("漢… ");
    expect(pad("7", 3, "right")).toBe("  7");
  });

  test("of somebody else neither acts on the terminal nor turns the direction of writing", () => {
    expect(harmless("\x1b[31mred\x1b[0m \x1b]0;title\x07a\r\nb\tc\x9b2J\u061c\u202e\u2067d")).toBe("red a b    cd");
  });

  test("at the right end goes first when there is no room", () => {
    const [left, right] = [[span("left")], [span("right")]];
    expect(textOf(spread(left, right, 12))).toBe("left   right");
    expect(textOf(spread(left, right, 8))).toBe("left    ");
    expect(textOf(padRow(left, 3))).toBe("le…");
  });
});

describe("a sparkline", () => {
  test("has the newest value at its right end, and its highest as a full block", () => {
    expect(sparkline([0, 1, 4, 8], 6)).toBe("  ▁▂▅█");
    expect(sparkline([9, 1, 2], 2)).toBe("▅█");
  });

  test("shows anything above 0 above the line of 0", () => {
    expect(sparkline([0, 1, 10_000], 3)).toBe("▁▂█");
    expect(sparkline([0, 0], 2)).toBe("▁▁");
  });
});

test("amounts take at most five cells", () => {
  const amounts = [0, 0.04, 9.94, 9.96, 45.4, 9_999, 10_000, 99_949, 99_950, 999_499, 999_500, 1.2e6, 3e9, 5e13];
  expect(amounts.map(formatAmount)).toMatchInlineSnapshot(`
    [
      "0",
      "0",
      "9.9",
      "10",
      "45",
      "9999",
      "10.0k",
      "99.9k",
      "100k",
      "999k",
      "1.0M",
      "1.2M",
      "3.0G",
      "5e+13",
    ]
  `);
  expect(amounts.every((amount) => formatAmount(amount).length <= 5)).toBe(true);
  expect([0, 56 * 2 ** 20, 2 ** 34].map(formatBytes)).toEqual(["0M", "56M", "16G"]);
});

test("times take at most six cells, and none is told of what never happened", () => {
  expect([0.044, 0.56, 19, 250, 994, 1_200, 15_000, 600_000].map((ms) => formatTime(times(1), ms))).toEqual([
    "44µs",
    "0.56ms",
    "19ms",
    "250ms",
    "994ms",
    "1.2s",
    "15s",
    "10m",
  ]);
  expect(formatTime(times(), 0)).toBe("-");
});

test("what a stage uses is the sum of its own processes; one that is shared counts for nobody, and once for the run", () => {
  const own = snapshot();
  expect(usageOfStage(own, "sum")).toEqual({ cpuPercent: expect.closeTo(12.3, 5), rssBytes: 3 * 56 * 2 ** 20 });
  const inline = snapshot({ nodes: own.nodes.map((each) => ({ ...each, process: "main" })) });
  expect(usageOfStage(inline, "sum")).toBeUndefined();
  expect(usageOfRun(inline).rssBytes).toBe(56 * 2 ** 20);
  const hub = snapshot({
    nodes: [
      node("sum", "proxy", { process: "hub" }),
      node("server", "server", { process: "hub" }),
      node("sum.1", "worker"),
    ],
  });
  expect(usageOfStage(hub, "sum")).toEqual({ cpuPercent: 4.1, rssBytes: 56 * 2 ** 20 });
});
