import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { type Line, openLines, type Position, readLines } from "../../../src/nodes/source/lines.js";

const directory = mkdtempSync("/tmp/zp-lines-");
afterAll(() => rmSync(directory, { recursive: true }));

const START: Position = { offset: 0, lines: 0 };

async function all(lines: AsyncIterable<readonly Line[]>): Promise<[string, number, number, number][]> {
  const found: [string, number, number, number][] = [];
  for await (const each of lines) {
    for (const { text, number, start, end } of each) found.push([text.toString(), number, start, end]);
  }
  return found;
}

const chunks = (...texts: readonly Buffer[]) => Readable.from(texts) as AsyncIterable<Buffer>;

/** With an umlaut, which is two bytes, Windows line ends, blank lines, and no end of the last line. */
const TEXT = Buffer.from('{"a":"ü"}\n\n42\r\n \t\r\n[1,\t2]\r\n"last"');
const LINES = [
  ['{"a":"ü"}', 1, 0, 11],
  ["42\r", 3, 12, 16],
  ["[1,\t2]\r", 5, 20, 28],
  ['"last"', 6, 28, 34],
];

describe("lines", () => {
  it("are the same wherever a chunk ends", async () => {
    for (let at = 0; at <= TEXT.length; at++) {
      expect(await all(readLines(chunks(TEXT.subarray(0, at), TEXT.subarray(at)), START, 0))).toEqual(LINES);
    }
    const bytes = [...TEXT].map((byte) => Buffer.of(byte));
    expect(await all(readLines(chunks(...bytes), START, 0))).toEqual(LINES);
  });

  it("may be none", async () => {
    expect(await all(readLines(chunks(), START, 0))).toEqual([]);
    expect(await all(readLines(chunks(Buffer.from("\n\r\n  \n")), START, 0))).toEqual([]);
  });

  it.each(LINES.map(([, number, start]) => [Number(number) - 1, Number(start)]))(
    "go on after line %i, in a file from that place, in a pipe by leaving out what came before",
    async (lines, offset) => {
      const rest = LINES.filter(([, , start]) => Number(start) >= offset);
      const from = { offset, lines };
      expect(await all(readLines(chunks(TEXT.subarray(offset)), from, offset))).toEqual(rest);
      expect(await all(readLines(chunks(TEXT.subarray(0, 9), TEXT.subarray(9)), from, 0))).toEqual(rest);
    },
  );
});

describe("an input", () => {
  it("that is a file has a size, and can be read from any place", async () => {
    const path = join(directory, "jobs.jsonl");
    writeFileSync(path, TEXT);
    const input = openLines({ kind: "file", path });
    expect([input.size, input.seekable]).toEqual([TEXT.length, true]);
    expect(await all(input.read({ offset: 16, lines: 3 }))).toEqual(LINES.slice(2));
  });

  it("may be longer than what is read at a time, with lines that are longer too", async () => {
    const path = join(directory, "long.jsonl");
    const texts = [10, 300_000, 0, 700_000, 5].map((length, i) => String(i).repeat(length));
    writeFileSync(path, texts.map((text) => `${text}\n`).join(""));
    const found = await all(openLines({ kind: "file", path }).read(START));
    expect(found.map(([text, number]) => [text.length, number])).toEqual([
      [10, 1],
      [300_000, 2],
      [700_000, 4],
      [5, 5],
    ]);
    expect(found.map(([text]) => text)).toEqual(texts.filter((text) => text !== ""));
  });

  it("may be a pipe by its name, which has no size", async () => {
    const path = join(directory, "fifo");
    const writer: ChildProcess = spawn("sh", ["-c", `mkfifo ${path} && echo made && printf '1\\n2' > ${path}`]);
    onTestFinished(() => void writer.kill());
    await new Promise((resolve) => writer.stdout!.once("data", resolve));
    const input = openLines({ kind: "file", path });
    expect([input.size, input.seekable]).toEqual([undefined, false]);
    expect((await all(input.read(START))).map(([text]) => text)).toEqual(["1", "2"]);
  });

  it("that is not there is a mistake of the user's", () => {
    expect(() => openLines({ kind: "file", path: join(directory, "absent") })).toThrow(/cannot read .*absent/);
  });
});
