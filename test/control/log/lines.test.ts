import { truncateSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { endOfLines, linesBefore, linesFrom } from "../../../src/control/log/lines.js";
import { Random } from "../../helpers/random.js";
import { temporaryDirectory } from "../../runtime/support.js";

async function fileOf(text: string): Promise<{ file: FileHandle; size: number; path: string }> {
  const path = join(temporaryDirectory(), "file");
  writeFileSync(path, text);
  const file = await open(path);
  onTestFinished(() => file.close());
  return { file, size: Buffer.byteLength(text), path };
}

async function backwards(file: FileHandle, end: number): Promise<string[]> {
  const found: string[] = [];
  for await (const line of linesBefore(file, end)) found.push(line);
  return found;
}

/** Short and long lines, some longer than several blocks, some empty, some of many-byte characters. */
function lines(seed: number, count: number): string[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, line) => {
    const length = [0, 10, 1_000, 70_000, 200_000][random.int(5)]!;
    return `${line} ${"ü".repeat(random.int(length + 1))}`;
  });
}

describe.each([1, 2, 3])("lines of a file, seed %i", (seed) => {
  test("are the same from its end as from its beginning", async () => {
    const written = lines(seed, 60);
    const { file, size } = await fileOf(written.map((line) => `${line}\n`).join(""));
    const seen: string[] = [];
    expect(await linesFrom(file, 0, (line) => seen.push(line))).toBe(size);
    expect(seen).toEqual(written);
    expect(await backwards(file, size)).toEqual([...written].reverse());
  });

  test("are whole: what is still being written is not there yet, from either side", async () => {
    const written = lines(seed, 10);
    const whole = written.map((line) => `${line}\n`).join("");
    const { file, size } = await fileOf(`${whole}${"half".repeat(seed * 30_000)}`);
    const seen: string[] = [];
    expect(await linesFrom(file, 0, (line) => seen.push(line))).toBe(Buffer.byteLength(whole));
    expect(seen).toEqual(written);
    expect(await endOfLines(file, size)).toBe(Buffer.byteLength(whole));
    expect(await backwards(file, size)).toEqual([...written].reverse());
  });
});

test("the last lines of a huge file are read without the rest of it", async () => {
  const { file, size, path } = await fileOf("");
  expect(size).toBe(0);
  // Sparse: only the end takes room on the disk.
  truncateSync(path, 2 ** 36);
  const tail = "\nlast but one\nlast\n";
  writeFileSync(path, tail, { flag: "a" });
  const found: string[] = [];
  for await (const line of linesBefore(file, 2 ** 36 + tail.length)) {
    found.push(line);
    if (found.length === 2) break;
  }
  expect(found).toEqual(["last", "last but one"]);
});

test("an empty file has no lines", async () => {
  const { file } = await fileOf("");
  expect(await backwards(file, 0)).toEqual([]);
  expect(await endOfLines(file, 0)).toBe(0);
});
