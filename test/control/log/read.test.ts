import { appendFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { listLogFiles } from "../../../src/control/log/files.js";
import { followLog } from "../../../src/control/log/follow.js";
import { type LogPosition, type Reading, readLog } from "../../../src/control/log/read.js";
import type { LogEntry } from "../../../src/control/types.js";
import { openLogSink } from "../../../src/runtime/log-sink.js";
import { temporaryDirectory } from "../../runtime/support.js";

/** So large that a file holds about 64 of them. */
const FILLER = "x".repeat(1_000);
const SMALLEST = 64 * 1024 * 8;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A log of a run, written as a run writes it. */
function newLog(directory = temporaryDirectory()) {
  const sink = openLogSink({ directory, maxBytes: SMALLEST });
  let next = 0;
  const write = async (count: number) => {
    for (const end = next + count; next < end; next++) {
      sink.write({ time: next, node: next % 2 === 0 ? "even" : "odd", text: `${next} ${FILLER}` });
      await turn();
    }
  };
  return { directory, write, close: sink.close };
}

async function read(directory: string, changes: Partial<Reading> = {}) {
  const seen: number[] = [];
  const position = await readLog({
    files: await listLogFiles(directory),
    lines: undefined,
    since: undefined,
    accepts: () => true,
    onEntry: (entry) => seen.push(numberOf(entry)),
    wanted: () => true,
    ...changes,
  });
  return { seen, position };
}

const numberOf = ({ text }: LogEntry) => Number.parseInt(text, 10);
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe("a log of several files", () => {
  test("is read from its beginning, or its last entries from its end, in their order", async () => {
    const { directory, write } = newLog();
    await write(200);
    expect((await listLogFiles(directory)).length).toBeGreaterThan(2);
    const whole = await read(directory);
    expect(whole.seen).toEqual(numbers(0, 200));
    for (const lines of [0, 1, 65, 150, 1_000]) {
      const last = await read(directory, { lines });
      expect(last.seen).toEqual(numbers(Math.max(0, 200 - lines), 200));
      // Wherever it is read from, what follows is the same.
      expect(last.position).toEqual(whole.position);
    }
  });

  test("gives the last entries of those that are wanted", async () => {
    const { directory, write } = newLog();
    await write(200);
    const accepts = ({ node }: LogEntry) => node === "odd";
    expect((await read(directory, { lines: 3, accepts })).seen).toEqual([195, 197, 199]);
    expect((await read(directory, { accepts })).seen).toHaveLength(100);
  });

  test("is read over what a death or a full disk has left of a line", async () => {
    const { directory, write } = newLog();
    await write(2);
    appendFileSync((await listLogFiles(directory))[0]!.path, '{"time":2,"no\n\n{"time":3}\n');
    await write(2);
    expect((await read(directory)).seen).toEqual(numbers(0, 4));
    expect((await read(directory, { lines: 3 })).seen).toEqual(numbers(1, 4));
  });
});

describe("a log that is followed", () => {
  /** Follows from the position until it is ended. */
  function following(directory: string, from: LogPosition) {
    const seen: number[] = [];
    let over = false;
    let gaps = 0;
    const enough = new AbortController();
    const done = followLog({
      directory,
      from,
      onEntry: (entry) => seen.push(numberOf(entry)),
      onGap: () => gaps++,
      ended: () => over,
      signal: enough.signal,
    });
    const end = async () => {
      over = true;
      await done;
      return { seen, gaps };
    };
    return { end, done, enough, seen };
  }

  test("goes on over the turn of its files, and gives all that is there when the run has ended", async () => {
    const { directory, write, close } = newLog();
    await write(10);
    const { position } = await read(directory, { lines: 0 });
    const { end } = following(directory, position!);
    await write(300);
    close();
    expect(await end()).toEqual({ seen: numbers(10, 310), gaps: 0 });
  });

  test("says so when files were removed before they could be read", async () => {
    const { directory, write, close } = newLog();
    await write(10);
    const { position } = await read(directory);
    await write(1_000);
    close();
    const { seen, gaps } = await following(directory, position!).end();
    expect(gaps).toBe(1);
    expect(seen).toEqual(numbers(1_010 - seen.length, 1_010));
  });

  test("is not that of the next run of its name", async () => {
    const directory = temporaryDirectory();
    const first = newLog(directory);
    await first.write(1);
    const { position } = await read(directory, { lines: 0 });
    const { end } = following(directory, position!);
    await first.write(1);
    first.close();
    const second = newLog(directory);
    await second.write(5);
    second.close();
    expect(await end()).toEqual({ seen: [1], gaps: 0 });
  });

  test("is left when nobody reads any more", async () => {
    const { directory, write } = newLog();
    await write(1);
    const { position } = await read(directory);
    const { enough, done } = following(directory, position!);
    enough.abort();
    await done;
  });
});
