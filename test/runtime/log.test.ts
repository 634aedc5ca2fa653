import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
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

test("a field that JSON has no word for is shown all the same", () => {
  const message = { type: "log", node: "a", level: "info", time: noon, message: "done" } as const;
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const { text } = messageEntry({ ...message, fields: { big: 5n, circle } });
  expect(text).toBe("done big=5n circle=<ref *1> { self: [Circular *1] }");
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

test("a log that cannot be written any more is told once, and ends nothing", async () => {
  const sink = fileURLToPath(new URL("../../dist/runtime/log-sink.js", import.meta.url));
  const file = join(temporaryDirectory(), "run.log");
  const script = `
    import { openLogSink } from ${JSON.stringify(sink)};
    const sink = openLogSink({ file: ${JSON.stringify(file)}, echo: process.stderr });
    for (const text of ["a".repeat(2000), "second", "third"]) {
      sink.write({ time: 0, node: "a", text });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    sink.close();
    process.stdout.write("alive");`;
  // The disk is as good as full when no file may have more than 1 KiB.
  const limited = ["-c", 'ulimit -f 1 && exec "$0" --input-type=module -e "$1"', process.execPath, script];
  const { stdout, stderr } = await promisify(execFile)("bash", limited);
  expect(stdout).toBe("alive");
  expect(stderr.match(/is incomplete/g)).toHaveLength(1);
  expect(stderr).toContain("third");
});
