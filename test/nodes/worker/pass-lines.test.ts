import { PassThrough, Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { passLines } from "../../../src/nodes/worker/pass-lines.js";

/** Takes a chunk only when it is told to. */
class Slow extends Writable {
  readonly chunks: Buffer[] = [];
  private taken: (() => void) | undefined;

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    this.taken = done;
  }

  async take(): Promise<void> {
    this.taken!();
    await setImmediate();
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString("latin1");
  }
}

function start() {
  const [from, to] = [new PassThrough(), new Slow()];
  const passRest = passLines(from, to);
  const write = async (text: string) => {
    from.write(Buffer.from(text, "latin1"));
    await setImmediate();
  };
  return { to, write, passRest };
}

test("what has no line end yet waits for it, whatever bytes it is of", async () => {
  const { to, write, passRest } = start();
  await write("one \xe9");
  expect(to.text).toBe("");
  await write("\xff\ntwo\nthr");
  expect(to.text).toBe("one \xe9\xff\ntwo\n");
  await to.take();
  passRest();
  expect(to.text).toBe("one \xe9\xff\ntwo\nthr\n");
});

test("nothing is read before the last was taken", async () => {
  const { to, write } = start();
  await write("one\n");
  await write("two\n");
  expect([to.text, to.writableLength]).toEqual(["one\n", 4]);
  await to.take();
  expect(to.text).toBe("one\ntwo\n");
});

test("a line without an end does not fill the memory, and is no reason to cut the next", async () => {
  const { to, write } = start();
  const long = "=".repeat(64 * 1024);
  await write(long);
  expect(to.text).toBe("");
  await write("=");
  expect(to.text).toBe(`${long}=`);
  await to.take();
  await write(`end\n${long}`);
  await to.take();
  expect(to.text).toBe(`${long}=end\n`);
  await write("\nrest");
  expect(to.text).toBe(`${long}=end\n${long}\n`);
});
