import { describe, expect, test } from "vitest";
import { type FromGate, gateChannel, type ToGate } from "../../src/protocol/gate.js";
import { PackReader, PackWriter, ProtocolError } from "../../src/protocol/pack.js";

const UP: readonly ToGate[] = [
  { type: "enlist", topology: "euler6", stage: "square" },
  { type: "hello", stage: 3, name: "square@lab.1", credits: 2 },
  { type: "advertise", attributes: [["tiles", ["a"]]] },
  { type: "leave", unstarted: [7, 8] },
];
const DOWN: readonly FromGate[] = [
  { type: "posting", number: 3, concurrency: 2, retries: 5, stage: "square", edges: ["difference", "server"] },
  { type: "refusal", stage: "sqare", message: "there is none" },
  { type: "welcome", stage: "square", concurrency: 2, edges: [] },
  { type: "bye" },
];

function written<M>(codec: { write(writer: PackWriter, message: M): void }, messages: readonly M[]): Buffer {
  const writer = new PackWriter();
  for (const message of messages) codec.write(writer, message);
  return Buffer.from(writer.take());
}

function read<M>(codec: { read(reader: PackReader): M }, bytes: Buffer): M[] {
  const reader = new PackReader(bytes);
  const messages: M[] = [];
  while (reader.next()) messages.push(codec.read(reader));
  return messages;
}

describe("at the gate", () => {
  test("other hosts say what workers say, and ask for a posting", () => {
    expect(read(gateChannel.up, written(gateChannel.up, UP))).toEqual(UP);
    expect(read(gateChannel.down, written(gateChannel.down, DOWN))).toEqual(DOWN);
  });

  test("an Enlist is these bytes", () => {
    expect(written(gateChannel.up, [{ type: "enlist", topology: "t", stage: "ab" }])).toEqual(
      Buffer.from([0x5a, 3, 8, 0, 0, 0, 32, 1, 0, 0x74, 2, 0, 0x61, 0x62]),
    );
  });

  test("what is cut short, empty or foreign is refused", () => {
    const bytes = written(gateChannel.up, [UP[0]!]);
    for (let length = 3; length < bytes.length; length++) {
      expect(() => read(gateChannel.up, bytes.subarray(0, length))).toThrow(ProtocolError);
    }
    expect(() => read(gateChannel.up, Buffer.from([0x5a, 2, 0, 0, 0, 0, 32]))).toThrow(ProtocolError);
    expect(() => read(gateChannel.up, written(gateChannel.down, [DOWN[0]!]))).toThrow(ProtocolError);
    expect(() => read(gateChannel.down, written(gateChannel.up, [UP[0]!]))).toThrow(ProtocolError);
  });
});
