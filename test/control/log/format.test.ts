import { describe, expect, test } from "vitest";
import { formatEntry } from "../../../src/control/log/format.js";
import { printable, printableJson, printableName } from "../../../src/printable.js";

const noon = new Date(2026, 0, 2, 12, 3, 4, 5).getTime();

describe("a line of the log", () => {
  test("has time, node, level and text", () => {
    expect(formatEntry({ time: noon, node: "sum.1", text: "hello" }, false, noon)).toBe("12:03:04.005 sum.1 hello\n");
    expect(formatEntry({ time: noon, node: "sum.1", level: "warn", text: "oh" }, false, noon)).toBe(
      "12:03:04.005 sum.1 warn oh\n",
    );
  });

  test("has its date when that is not today's", () => {
    const tomorrow = noon + 24 * 3_600_000;
    expect(formatEntry({ time: noon, node: "a", text: "" }, false, tomorrow)).toBe("2026-01-02 12:03:04.005 a \n");
  });

  test("has the node in the colour of its stage", () => {
    const colourOf = (node: string) => formatEntry({ time: noon, node, text: "" }, true).split("m")[0];
    expect(colourOf("sum.1")).toContain("\u001b[");
    expect(colourOf("sum.1")).toBe(colourOf("sum.2"));
  });

  test("says of every line of its text whose it is", () => {
    expect(formatEntry({ time: noon, node: "a", level: "info", text: "one\n\ntwo" }, false, noon)).toBe(
      ["one", "", "two"].map((line) => `12:03:04.005 a info ${line}\n`).join(""),
    );
  });
});

describe("text of others", () => {
  test.each([
    ["a colour", "\u001b[1;31mred\u001b[0m", "red"],
    ["an escape sequence", "\u001b]0;title\u0007\u001b[2Jx", "\\x1b]0;title\\x07\\x1b[2Jx"],
    ["an 8-bit escape sequence", "\u009b2Jx", "\\x9b2Jx"],
    ["a carriage return", "10 %\r20 %", "10 %\\x0d20 %"],
    ["a backspace and a null", "a\b\0", "a\\x08\\x00"],
    ["a turn of direction", "a\u202eb", "a\\u202eb"],
    ["markup of screens", "{red-fg}no{/}", "{red-fg}no{/}"],
    ["a tab, letters and signs", "\tZürich → 北京 😀", "\tZürich → 北京 😀"],
  ])("%s does nothing to a terminal", (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test("is one line where it is a name, with nothing in it that cannot be seen", () => {
    expect(printableName("far\n\x1b[2J\u202e\u200b\ud800 北京")).toBe("far \\x1b[2J\\u202e?? 北京");
    expect(printableName("x".repeat(10_000))).toHaveLength(100);
  });

  test("is the same in JSON, and does nothing to a terminal", () => {
    const every = String.fromCharCode(...Array.from({ length: 0x2100 }, (_, code) => code));
    const json = printableJson(JSON.stringify({ text: every }));
    expect(JSON.parse(json)).toEqual({ text: every });
    expect(printable(json)).toBe(json);
  });
});
