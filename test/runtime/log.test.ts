import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { decodeEntry } from "../../src/control/log/codec.js";
import { listLogFiles } from "../../src/control/log/files.js";
import type { LogEntry } from "../../src/control/types.js";
import { type Line, splitLines } from "../../src/runtime/lines.js";
import { messageEntry } from "../../src/runtime/log-message.js";
import { openLogSink } from "../../src/runtime/log-sink.js";
import { temporaryDirectory } from "./support.js";

const noon = new Date(2026, 0, 2, 12, 3, 4, 5).getTime();

test("a line that was logged with fields shows them behind the text", () => {
  const fields = { job: "a1", took: 3, why: "no such file" };
  expect(messageEntry({ type: "log", node: "a", level: "info", time: noon, message: "done", fields })).toEqual({
    time: noon,
    node: "a",
    level: "info",
    text: 'done job=a1 took=3 why="no such file"',
  });
});

test("a field that JSON has no word for is shown all the same", () => {
  const message = { type: "log", node: "a", level: "info", time: noon, message: "done" } as const;
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const { text } = messageEntry({ ...message, fields: { big: 5n, circle } });
  expect(text).toBe("done big=5n circle=<ref *1> { self: [Circular *1] }");
});

/** The lines of a stream that comes in these chunks. */
async function linesOf(...chunks: readonly Buffer[]): Promise<Line[]> {
  const stream = Readable.from(chunks);
  const lines: Line[] = [];
  splitLines(stream, (line) => lines.push(line));
  await new Promise((resolve) => stream.once("end", resolve));
  return lines;
}

describe("what a process prints", () => {
  test("is cut at line ends only, wherever chunks end, and the last needs none", async () => {
    const chunks = ["one\ntw", "o\r\n\nthree"].map((text) => Buffer.from(text));
    expect((await linesOf(...chunks)).map(({ text }) => text)).toEqual(["one", "two", "", "three"]);
  });

  test("has its characters whole, wherever chunks end", async () => {
    const bytes = Buffer.from("Zürich → 北京\n");
    for (let at = 1; at < bytes.length; at++) {
      expect(await linesOf(bytes.subarray(0, at), bytes.subarray(at))).toEqual([{ text: "Zürich → 北京" }]);
    }
  });

  test("that is no UTF-8 is kept as bytes, beside its neighbours as text", async () => {
    const bytes = Buffer.from([0xff, 0x66, 0x0d]);
    const lines = await linesOf(Buffer.concat([Buffer.from("before\n"), bytes, Buffer.from("\nafter\n")]));
    expect(lines).toEqual([{ text: "before" }, { text: "\ufffdf", bytes }, { text: "after" }]);
  });

  test("without line ends is cut into pieces of whole characters that say so", async () => {
    const text = "→".repeat(100_000);
    const lines = await linesOf(Buffer.from(text), Buffer.from("\n"));
    expect(lines.map((line) => line.text).join("")).toBe(text);
    expect(lines.map((line) => line.cut)).toEqual([...Array(lines.length - 1).fill(true), undefined]);
    expect(lines.filter(({ bytes }) => bytes !== undefined)).toEqual([]);
  });
});

/** The entries of every file in the directory, by run. */
async function entriesOf(directory: string): Promise<LogEntry[][]> {
  const runs = new Map<string, LogEntry[]>();
  for (const { run, path } of await listLogFiles(directory)) {
    const lines = readFileSync(path, "utf8").split("\n");
    // Every file ends with a line end.
    expect(lines.pop()).toBe("");
    runs.set(run, [...(runs.get(run) ?? []), ...lines.map((line) => decodeEntry(line)!)]);
  }
  return [...runs.values()];
}

describe("the files of a log", () => {
  const texts = (runs: readonly LogEntry[][]) => runs.map((entries) => entries.map(({ text }) => text));

  test("keep the runs before, in their order, even when they began in the same millisecond", async () => {
    const directory = join(temporaryDirectory(), "logs");
    for (const text of ["first", "second", "third"]) {
      const sink = openLogSink({ directory, maxBytes: 2 ** 20 });
      sink.write({ time: noon, node: "a", text });
      sink.close();
    }
    expect(texts(await entriesOf(directory))).toEqual([["first"], ["second"], ["third"]]);
  });

  test("are turned over at line ends; only the oldest go, and the run before stays", async () => {
    const directory = temporaryDirectory();
    const before = openLogSink({ directory, maxBytes: 2 ** 20 });
    before.write({ time: noon, node: "a", text: "before" });
    before.close();
    const sink = openLogSink({ directory, maxBytes: 2 ** 20 });
    const filler = "x".repeat(1000);
    for (let line = 0; line < 3_000; line++) {
      sink.write({ time: noon, node: "a", text: `${line} ${filler}` });
      // A flush for every few lines, as when they come one after the other.
      if (line % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
    }
    sink.close();
    const [first, second] = texts(await entriesOf(directory));
    expect(first).toEqual(["before"]);
    const numbers = second!.map((text) => Number.parseInt(text, 10));
    expect(numbers).toEqual(numbers.map((_, index) => 3_000 - numbers.length + index));
    // A little more than allowed at most, and not much less.
    expect(numbers.length).toBeGreaterThan(800);
    expect(numbers.length).toBeLessThan(1_100);
  });

  test("of many short runs do not become too many", async () => {
    const directory = temporaryDirectory();
    for (let run = 0; run < 30; run++) openLogSink({ directory, maxBytes: 2 ** 20 }).close();
    expect(await listLogFiles(directory)).toHaveLength(17);
  });
});

test("a log that cannot be written any more is told once, and ends nothing", async () => {
  const sink = fileURLToPath(new URL("../../dist/runtime/log-sink.js", import.meta.url));
  const directory = temporaryDirectory();
  const script = `
    import { openLogSink } from ${JSON.stringify(sink)};
    const sink = openLogSink({ directory: ${JSON.stringify(directory)}, maxBytes: 1e6, echo: process.stderr });
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
