import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { ZpipeError } from "../../../src/errors.js";
import { LineWriter } from "../../../src/nodes/sink/line-writer.js";
import { PayloadsWriter } from "../../../src/protocol/payloads.js";
import { Recorder } from "../../helpers/recorder.js";

const directory = mkdtempSync("/tmp/zp-writer-");
afterAll(() => rmSync(directory, { recursive: true }));

let path: string;
let files = 0;
beforeEach(() => {
  path = join(directory, `out${files++}`);
});

interface Events {
  readonly writer: LineWriter;
  /** "batch" when one is about to be written, "written" when it is. */
  readonly events: Recorder<"batch" | "written" | ZpipeError>;
}

function open(to = path): Events {
  const events: Events["events"] = new Recorder();
  const writer = LineWriter.open(
    { kind: "file", path: to },
    {
      onBatch: () => events.add("batch"),
      onWritten: () => events.add("written"),
      onError: (error) => events.add(error),
    },
  );
  return { writer, events };
}

describe("lines", () => {
  it("of one turn leave as one batch, what comes meanwhile as the next", async () => {
    const { writer, events } = open();
    writer.add("1");
    writer.add(Buffer.from('"ü"'));
    expect(await events.take(1)).toEqual(["batch"]);
    writer.add("3");
    expect(await events.take(3)).toEqual(["written", "batch", "written"]);
    writer.close();
    expect(readFileSync(path, "utf8")).toBe('1\n"ü"\n3\n');
  });

  it("of a train are a line each, behind what was added before", async () => {
    const { writer, events } = open();
    const lines = Array.from({ length: 2000 }, (_, i) => "ü".repeat(i % 53));
    const payloads = new PayloadsWriter();
    for (const line of lines) payloads.add(line);
    writer.add("first");
    writer.addAll(payloads.take());
    writer.add("last");
    await events.take(2);
    writer.close();
    expect(readFileSync(path, "utf8")).toBe(["first", ...lines, "last", ""].join("\n"));
  });

  it("may be many and of any length", async () => {
    const { writer, events } = open();
    const lines = Array.from({ length: 3000 }, (_, i) => `${i} ${"ü€𝄞".repeat(i % 97)}`);
    lines.push("x".repeat(3_000_000));
    for (const [i, line] of lines.entries()) writer.add(i % 2 === 0 ? line : Buffer.from(line));
    expect(await events.take(2)).toEqual(["batch", "written"]);
    expect(readFileSync(path, "utf8")).toBe(lines.map((line) => `${line}\n`).join(""));
  });
});

describe("a file", () => {
  it("is made, with its folders", () => {
    open(join(directory, "a/b/out")).writer.close();
    expect(existsSync(join(directory, "a/b/out"))).toBe(true);
  });

  it.each([
    ["", ""],
    ["1\n", "1\n"],
    ["1\n2\n{", "1\n2\n"],
    ["{", ""],
    [`1\n${"x".repeat(200_000)}`, "1\n"],
    [`${"x".repeat(65_535)}\ny`, `${"x".repeat(65_535)}\n`],
    [`${"x".repeat(65_536)}\ny`, `${"x".repeat(65_536)}\n`],
    ["y".repeat(200_000), ""],
  ])("is added to; a last line that was cut off is no line (%#)", async (before, kept) => {
    writeFileSync(path, before);
    const { writer, events } = open();
    writer.add("new");
    await events.take(2);
    expect(readFileSync(path, "utf8")).toBe(`${kept}new\n`);
  });

  it("keeps what others append to it while it is opened", { timeout: 60_000 }, async () => {
    const script = `for (let i = 0; i < 30_000; i++) require("node:fs").appendFileSync(process.argv[1], '"a"\\n')`;
    const other = spawn(process.execPath, ["-e", script, path], { stdio: "ignore" });
    const ended = once(other, "exit");
    let isOver = false;
    ended.then(() => {
      isOver = true;
    });
    while (!isOver) {
      for (let i = 0; i < 100; i++) open().writer.close();
      await setImmediate();
    }
    expect(await ended).toEqual([0, null]);
    expect(readFileSync(path, "utf8")).toBe('"a"\n'.repeat(30_000));
  });

  it("that cannot be opened is a mistake of the user's", () => {
    expect(() => open(directory)).toThrow(/^cannot write to /);
    expect(() => open(directory)).toThrow(
      expect.objectContaining({ hints: [expect.stringMatching(/^`file` of the sink says where it is/)] }),
    );
  });
});
