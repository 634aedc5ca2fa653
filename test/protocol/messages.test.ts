import { describe, expect, it } from "vitest";
import { answersChannel } from "../../src/protocol/answers.js";
import type { Codec } from "../../src/protocol/codec.js";
import { jobsChannel } from "../../src/protocol/jobs.js";
import {
  type FromWorker,
  type Job,
  MAX_ATTRIBUTES_BYTES,
  OutputRoute,
  type ToOwner,
  type ToProxy,
  type ToWorker,
} from "../../src/protocol/messages.js";
import { PackReader, PackWriter, ProtocolError } from "../../src/protocol/pack.js";
import { Payloads, PayloadsWriter } from "../../src/protocol/payloads.js";
import { attributesBytes, workersChannel } from "../../src/protocol/workers.js";
import { haveOneShape } from "../helpers/shapes.js";

const job: Job = {
  type: "job",
  kind: 0,
  payload: '{"n":[1,2,"žluťoučký 🐎"]}',
  session: 0xffffffff,
  seq: 7,
  owner: 0,
  attempt: 3,
  from: 0xffff,
  to: 2,
  priority: 255,
  lane: 0xfffffff0,
  hops: 1000,
  floor: 5,
  partHigh: 0xfedcba98,
  partLow: 0,
  deadline: 1.5e12,
  group: {
    origin: 0x8000,
    target: 0xffff,
    id: 5 * 2 ** 32 + 0xfffffffe,
    index: 1,
    count: 2,
    up: { origin: 3, target: 4, id: 9, index: 0, count: 70000, up: undefined },
  },
  trace: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

/** A row of payloads. */
function row(...texts: string[]): Payloads {
  const writer = new PayloadsWriter();
  for (const text of texts) writer.add(text);
  return writer.take();
}

const { payload: _payload, partHigh: _high, partLow: _low, group: _group, trace: _trace, ...head } = job;
const toProxy: ToProxy[] = [
  job,
  { ...head, type: "train", payloads: row('{"n":1}', "", "ž") },
  { ...job, group: undefined, deadline: Number.POSITIVE_INFINITY, trace: "" },
  { type: "cancel", session: 1, seq: 2 },
];
const finished = { session: 1, seq: 2, attempt: 3, partHigh: 0xffffffff, partLow: 4 };
const toOwner: ToOwner[] = [
  { type: "answer", kind: 0, payload: "42", ...finished, meta: '{"status":201}', partial: true, gathered: false },
  { type: "answer", kind: 1, payload: "bytes", ...finished, meta: "", partial: false, gathered: true },
  { type: "failure", ...finished, stage: "sum", message: "no", status: 503, poison: false, gathered: true },
  { type: "failure", ...finished, stage: "sum", message: "no", status: 0, poison: true, gathered: false },
  { type: "ack", ...finished },
  { type: "acks", session: 1, seq: 0xffffffff, attempt: 3, count: 0xffff },
  { type: "lost" },
];
const toWorker: ToWorker[] = [
  { type: "welcome", stage: "sum", concurrency: 4, edges: ["a", "server"] },
  {
    type: "work",
    slot: 0xfffffffe,
    attempt: 1,
    session: 1,
    seq: 2,
    hops: 3,
    deadline: 4,
    trace: "",
    kind: 0,
    payload: "{}",
  },
  {
    type: "works",
    slot: 0xffffffff,
    attempt: 1,
    session: 1,
    seq: 2,
    hops: 3,
    deadline: 4,
    kind: 1,
    payloads: row("a", "bc"),
  },
  { type: "recall", slot: 1 },
  { type: "abort", slot: 2 },
  { type: "bye" },
];
const fromWorker: FromWorker[] = [
  { type: "hello", stage: 3, name: "sum.1", credits: 513 },
  {
    type: "done",
    slot: 9,
    credits: 2,
    service: 1500,
    outputs: [
      { route: 0, edge: 0, meta: "", kind: 0, payload: "1" },
      { route: 3, edge: 1, meta: "", kind: 0, payload: "[]" },
    ],
  },
  {
    type: "dones",
    slot: 9,
    credits: 513,
    services: Uint32Array.of(0, 0xffffffff),
    route: 1,
    edge: 2,
    kind: 0,
    payloads: row("[]", "42"),
  },
  { type: "failed", slot: 1, credits: 1, service: 0xffffffff, message: "boom", status: 0 },
  { type: "leave", unstarted: [4, 5, 6] },
  {
    type: "advertise",
    attributes: [
      ["tiles", ["0/1", "0/2", "ä"]],
      ["", []],
    ],
  },
];

const directions: [string, Codec<never>, unknown[]][] = [
  ["to a proxy", jobsChannel.up as Codec<never>, toProxy],
  ["to an owner", answersChannel.up as Codec<never>, toOwner],
  ["to a worker", workersChannel.down as Codec<never>, toWorker],
  ["from a worker", workersChannel.up as Codec<never>, fromWorker],
];

describe.each(directions)("messages %s", (_, codec, messages) => {
  it("come back as they were sent, many in one batch", () => {
    expect(readAll(pack(codec, messages), codec)).toEqual(plain(messages));
  });

  it("have one shape each time they are read", () => {
    for (const message of messages) {
      const frame = pack(codec, [message]);
      const read = () => {
        const reader = new PackReader(frame);
        reader.next();
        return codec.read(reader);
      };
      // V8 has met what the codec does by then, and goes the short way.
      for (let i = 0; i < 1000; i++) read();
      const [first, second] = [read(), read()];
      expect(haveOneShape(first, second), JSON.stringify(plain(message))).toBe(true);
    }
  });

  it("are refused when cut short at any byte, and those before the cut still count", () => {
    const frame = pack(codec, messages);
    for (let length = 0; length < frame.length; length++) {
      const read: unknown[] = [];
      const cut = () => {
        const reader = new PackReader(frame.subarray(0, length));
        while (reader.next()) read.push(plain(codec.read(reader)));
      };
      if (!isBoundary(codec, messages, length)) expect(cut, `cut at ${length}`).toThrow(ProtocolError);
      expect(plain(messages.slice(0, read.length))).toEqual(read);
    }
  });

  it("are refused with a byte too many", () => {
    for (const message of messages) {
      const frame = pack(codec, [message]);
      const longer = Buffer.concat([frame, Buffer.of(0)]);
      longer.writeUInt32LE(frame.readUInt32LE(2) + 1, 2);
      expect(() => readAll(longer, codec)).toThrow(ProtocolError);
    }
  });

  it("are never misread from random bytes: each batch is refused or read to its end", () => {
    let seed = 42;
    const random = () => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed;
    };
    for (let round = 0; round < 3000; round++) {
      const frame = Buffer.from(pack(codec, messages));
      for (let flips = 0; flips < 3; flips++) frame[random() % frame.length] = random() & 0xff;
      try {
        readAll(frame, codec);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }
  });
});

it("a batch of another version, or of no version at all, is refused", () => {
  expect(() => new PackReader(Buffer.from("hello"))).toThrow("not a zpipe batch");
  expect(() => new PackReader(Buffer.of(0x5a, 99))).toThrow("protocol version 99, expected 3");
  expect(() => new PackReader(Buffer.alloc(0))).toThrow(ProtocolError);
});

it("a train of nothing is refused, and one that claims more than there is", () => {
  const frame = pack(jobsChannel.up as Codec<never>, [toProxy[1]]);
  const count = frame.length - 2 - row('{"n":1}', "", "ž").end;
  for (const claimed of [0, 4, 0xffff]) {
    frame.writeUInt16LE(claimed, count);
    expect(() => readAll(frame, jobsChannel.up as Codec<never>)).toThrow(ProtocolError);
  }
});

it("a train of results goes along the edges, or along one of them", () => {
  const frame = pack(workersChannel.up as Codec<never>, [fromWorker.find(({ type }) => type === "dones")]);
  frame[7] = OutputRoute.reply;
  expect(() => readAll(frame, workersChannel.up as Codec<never>)).toThrow("route 2 in a train");
});

it("a direction refuses the messages of another", () => {
  const frame = pack(workersChannel.down as Codec<never>, toWorker);
  expect(() => readAll(frame, jobsChannel.up as Codec<never>)).toThrow("does not belong on this socket");
});

it("a part whose index is beyond its scatter is refused: a table of that size would be made for it", () => {
  const group = { origin: 1, target: 2, id: 3, index: 0xfffffffe, count: 2, up: undefined };
  const frame = pack(jobsChannel.up as Codec<never>, [{ ...job, group }]);
  expect(() => readAll(frame, jobsChannel.up as Codec<never>)).toThrow("beyond its scatter");
});

it.each([
  ["a deadline", { deadline: Number.NaN }, "a deadline is not a number"],
  ["the id of a scatter", { group: { ...job.group!, id: Number.NaN } }, "a scatter's id is no whole number"],
])("%s that is not a number is refused: it would be kept for ever", (_, fields, reason) => {
  const frame = pack(jobsChannel.up as Codec<never>, [{ ...job, ...fields }]);
  expect(() => readAll(frame, jobsChannel.up as Codec<never>)).toThrow(reason);
});

it("a batch grows with what is put in it", () => {
  const payload = "x".repeat(3_000_000);
  const writer = new PackWriter();
  for (let i = 0; i < 3; i++) jobsChannel.up.write(writer, { ...job, payload });
  const read = readAll(writer.take(), jobsChannel.up as Codec<never>) as Job[];
  expect(read.map((each) => each.payload.length)).toEqual([3_000_000, 3_000_000, 3_000_000]);
  expect(writer.empty).toBe(true);
});

function pack(codec: Codec<never>, messages: readonly unknown[]): Buffer {
  const writer = new PackWriter();
  for (const message of messages) codec.write(writer, message as never);
  return writer.take();
}

function readAll(frame: Buffer, codec: Codec<never>): unknown[] {
  const reader = new PackReader(frame);
  const messages: unknown[] = [];
  while (reader.next()) messages.push(plain(codec.read(reader)));
  return messages;
}

/** Payloads arrive as views into the frame; for comparing they are text again. */
function plain(message: unknown): unknown {
  if (Buffer.isBuffer(message)) return message.toString();
  if (message instanceof Payloads) return message.toArray().map(String);
  if (message instanceof Uint32Array) return [...message];
  if (Array.isArray(message)) return message.map(plain);
  if (typeof message !== "object" || message === null) return message;
  return Object.fromEntries(Object.entries(message).map(([key, value]) => [key, plain(value)]));
}

function isBoundary(codec: Codec<never>, messages: readonly unknown[], length: number): boolean {
  return messages.some((_, count) => pack(codec, messages.slice(0, count)).length === length);
}

describe("what a worker advertises", () => {
  const written = (...values: readonly string[]) => {
    const message: FromWorker = { type: "advertise", attributes: [["tiles", values]] };
    return pack(workersChannel.up as Codec<never>, [message]);
  };

  it("may take as many bytes as it says", () => {
    const most = "x".repeat(MAX_ATTRIBUTES_BYTES - 13);
    expect(attributesBytes([["tiles", [most]]])).toBe(MAX_ATTRIBUTES_BYTES);
    expect(readAll(written(most), workersChannel.up as Codec<never>)).toMatchObject([{ type: "advertise" }]);
  });

  it("may be many empty texts", () => {
    const values = new Array(32_000).fill("");
    expect(readAll(written(...values), workersChannel.up as Codec<never>)).toEqual([
      { type: "advertise", attributes: [["tiles", values]] },
    ]);
  });

  it.each([
    ["one too long", ["x".repeat(MAX_ATTRIBUTES_BYTES - 12)]],
    ["too many", new Array(33_000).fill("")],
  ])("is refused beyond that: %s", (_, values) => {
    expect(() => readAll(written(...values), workersChannel.up as Codec<never>)).toThrow("more than 65536 bytes");
  });
});
