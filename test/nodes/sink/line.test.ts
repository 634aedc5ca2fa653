import { expect, it } from "vitest";
import { areLines, lineOf } from "../../../src/nodes/sink/line.js";
import { encodeBody, gather, PayloadKind } from "../../../src/protocol/payload.js";
import { Payloads, PayloadsWriter } from "../../../src/protocol/payloads.js";
import { makeTrain } from "../trains.js";

it("JSON is written as it came", () => {
  const text = '{"big": 18446744073709551616, "b":1.0}';
  expect(lineOf({ kind: PayloadKind.json, payload: text })).toBe(text);
  const bytes = Buffer.from(text);
  expect(lineOf({ kind: PayloadKind.json, payload: bytes })).toBe(bytes);
});

it("JSON over several lines becomes one, with all its digits", () => {
  const text = '{\n  "big": 18446744073709551616,\r\n  "list": [\n1\n]\n}\n';
  const line = '{"big":18446744073709551616,"list":[1]}';
  expect(lineOf({ kind: PayloadKind.json, payload: text })).toBe(line);
  expect(lineOf({ kind: PayloadKind.json, payload: Buffer.from(text) })).toBe(line);
});

it("what is no JSON cannot be put in one line", () => {
  expect(() => lineOf({ kind: PayloadKind.json, payload: "{\n" })).toThrow();
});

it("bytes are base64, also among what a join has gathered", () => {
  const bytes = Buffer.from([0xff, 0, 10]);
  expect(lineOf(encodeBody(bytes))).toBe('"/wAK"');
  const body = gather(
    [
      { name: "image", many: false, parts: [encodeBody(bytes)] },
      { name: "text", many: true, parts: [encodeBody({ n: 2n ** 70n }), encodeBody(bytes)] },
    ],
    false,
  );
  expect(body.kind).toBe(PayloadKind.parts);
  expect(lineOf(body)).toBe('{"image":"/wAK","text":[{"n":1180591620717411303424},"/wAK"]}');
});

it.each([
  ["nothing", [], true],
  ["lines", ["1", '"a"', ""], true],
  ["a payload whose length looks like the end of a line", ["1234567890", "x".repeat(0x0a0a)], true],
  ["one that is spread over lines", ["1", "{\n}", "2"], false],
  ["one that ends in a line end", ["1", "2\n"], false],
])("a train of JSON: %s", (_, payloads, expected) => {
  const writer = new PayloadsWriter();
  for (const payload of payloads) writer.add(payload);
  const train = makeTrain(0, 1, { payloads: writer.take() });
  expect(areLines(train)).toBe(expected);
  expect(areLines({ ...train, kind: PayloadKind.bytes })).toBe(false);
});

it("of a frame of many trains, each looks through its own bytes only", () => {
  const writer = new PayloadsWriter();
  writer.add("1");
  const { end } = writer.take();
  const frame = Buffer.alloc(64, " ");
  frame.writeUInt32LE(1, 0);
  frame.indexOf = () => {
    throw new Error("the whole frame is searched");
  };
  expect(areLines(makeTrain(0, 1, { payloads: new Payloads(frame, 0, end, 1) }))).toBe(true);
});
