import { expect, it } from "vitest";
import { type Payloads, PayloadsWriter } from "../../src/protocol/payloads.js";

function row(...payloads: (string | Buffer)[]): Payloads {
  const writer = new PayloadsWriter();
  for (const payload of payloads) writer.add(payload);
  return writer.take();
}

const texts = (payloads: Payloads) => payloads.toArray().map(String);

it("payloads come back as they were added, texts and bytes, of any length", () => {
  const long = "ž€𝄞".repeat(30_000);
  expect(texts(row("1", "", Buffer.from("ab"), long))).toEqual(["1", "", "ab", long]);
});

it("a row that was taken is not touched by the next", () => {
  const writer = new PayloadsWriter();
  writer.add("first");
  const first = writer.take();
  expect([writer.count, writer.size]).toEqual([0, 0]);
  writer.add("other");
  expect([texts(first), texts(writer.take())]).toEqual([["first"], ["other"]]);
});

it.each([0, 1, 2, 3])("a row is split after %i of three", (count) => {
  const [first, rest] = row("a", "bc", "").split(count);
  expect([first.count, rest.count]).toEqual([count, 3 - count]);
  expect([...texts(first), ...texts(rest)]).toEqual(["a", "bc", ""]);
  expect(texts(first)).toHaveLength(count);
});
