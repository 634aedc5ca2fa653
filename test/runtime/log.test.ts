import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { splitLines } from "../../src/runtime/lines.js";
import { formatEntry } from "../../src/runtime/log-format.js";
import { messageEntry } from "../../src/runtime/log-message.js";
import { openLogSink } from "../../src/runtime/log-sink.js";
import { temporaryDirectory } from "./support.js";

const noon = new Date(2026, 0, 2, 12, 3, 4, 5).getTime();

describe("a line of the log", () => {
  test("has time, node, level and text", () => {
    expect(formatEntry({ time: noon, node: "sum.1", text: "hello" }, false)).toBe("12:03:04.005 sum.1 hello\n");
    expect(formatEntry({ time: noon, node: "sum.1", level: "warn", text: "oh" }, false)).toBe(
      "12:03:04.005 sum.1 warn oh\n",
    );
  });

  test("has the node in the colour of its stage", () => {
    const colourOf = (node: string) => formatEntry({ time: noon, node, text: "" }, true).split("m")[0];
    expect(colourOf("sum.1")).toContain("\u001b[");
    expect(colourOf("sum.1")).toBe(colourOf("sum.2"));
  });

  test("that was logged with fields shows them behind the text", () => {
    const fields = { job: "a1", took: 3, why: "no such file" };
    expect(messageEntry({ type: "log", node: "a", level: "info", time: noon, message: "done", fields })).toEqual({
      time: noon,
      node: "a",
      level: "info",
      text: 'done job=a1 took=3 why="no such file"',
    });
  });
});

test("lines are cut at line ends only, wherever chunks end, and the last needs none", async () => {
  const stream = Readable.from(["one\ntw", "o\r\n\nthree"].map((text) => Buffer.from(text)));
  const lines: string[] = [];
  splitLines(stream, (line) => lines.push(line));
  await new Promise((resolve) => stream.once("end", resolve));
  expect(lines).toEqual(["one", "two", "", "three"]);
});

test("the log of the run before is kept", () => {
  const file = join(temporaryDirectory(), "logs", "run.log");
  for (const text of ["first", "second", "third"]) {
    const sink = openLogSink({ file });
    sink.write({ time: noon, node: "a", text });
    sink.close();
  }
  expect(readFileSync(file, "utf8")).toContain("third");
  expect(readFileSync(`${file}.1`, "utf8")).toContain("second");
  expect(existsSync(`${file}.2`)).toBe(false);
});
