import { HOME } from "../../src/plan/types.js";
import type { Job } from "../../src/protocol/messages.js";
import { VERSION } from "../../src/protocol/pack.js";
import { makeJob } from "../nodes/jobs.js";
import { pack } from "./foreign.js";
import type { Random } from "./random.js";

/** Nobody's: an owner's session has 31 bits, and these all have the 32nd. */
const NO_SESSION = 0xdeadbeef;

/** A valid job of a request that does not exist, and that nobody waits for after a second. */
export function strangeJob(fields: Partial<Job> = {}): Job {
  return makeJob({ payload: '{"n":1}', session: NO_SESSION, seq: 1, deadline: Date.now() + 1000, ...fields });
}

const DONE = { type: "done", service: 0, slot: 0, credits: 0, outputs: [] } as const;
const OUTPUT = { route: 0, edge: 0, meta: "", kind: 0, payload: "1" } as const;
const FINISHED = { session: NO_SESSION, seq: 0, attempt: 1, partHigh: 0, partLow: 0, gathered: false } as const;
const GROUP = { origin: 0x8000, target: HOME, id: 1, index: 0, count: 2, up: undefined } as const;

/** Batches that are what the protocol allows, of things that do not exist: for any of the sockets, on most it is wrong. */
export function strangeBatches(): Buffer[] {
  const group = (fields: object) => strangeJob({ to: 4, group: { ...GROUP, ...fields } });
  return [
    pack.fromWorker({ type: "hello", stage: 77, name: "of no stage", credits: 1 }),
    pack.fromWorker({ type: "hello", stage: 0, name: "wants nothing\n\u001b[31m", credits: 0 }),
    pack.fromWorker({ type: "hello", stage: 1, name: "x".repeat(65_535), credits: 0 }),
    pack.fromWorker(...[0, 1, 2, 3, 4].map((stage) => ({ type: "hello", stage, name: "all", credits: 0 }) as const)),
    // Before or without a hello, and of slots that others have.
    pack.fromWorker(...Array.from({ length: 500 }, (_, slot) => ({ ...DONE, slot, outputs: [OUTPUT] }))),
    pack.fromWorker({ ...DONE, outputs: [{ ...OUTPUT, route: 1, edge: 999 }] }),
    pack.fromWorker({ type: "failed", service: 0, slot: 3, credits: 0, message: "no", status: 999 }),
    pack.fromWorker({ type: "leave", unstarted: Array.from({ length: 0xffff }, (_, slot) => slot) }),
    pack.fromWorker({ type: "advertise", attributes: [["tiles", Array.from({ length: 9000 }, (_, i) => `${i}`)]] }),
    pack.fromWorker({ type: "advertise", attributes: [["tiles", ["x".repeat(65_535), "y".repeat(65_535)]]] }),
    pack.toProxy(strangeJob({ to: 77 }), strangeJob({ to: HOME }), strangeJob({ owner: 9 }), strangeJob({ from: 99 })),
    pack.toProxy(strangeJob({ kind: 2, payload: "not parts at all" }), strangeJob({ payload: "{" })),
    pack.toProxy(strangeJob({ hops: 0xffffffff, attempt: 0 }), strangeJob({ deadline: -1 })),
    pack.toProxy(group({ index: 0, count: 0xffffffff }), group({ index: 0xfffffffe, count: 0xffffffff, id: 2 })),
    pack.toProxy(group({ id: Number.NaN }), group({ id: -1 }), group({ id: 0.5 }), group({ id: 1e300 })),
    pack.toProxy(strangeJob({ deadline: Number.NaN, session: NO_SESSION + 1 })),
    pack.toProxy(...[0, 1, 2].map((seq) => ({ type: "cancel", session: NO_SESSION, seq }) as const)),
    pack.toOwner({ ...FINISHED, type: "answer", kind: 0, payload: "1", meta: "{", partial: false }),
    pack.toOwner({ ...FINISHED, type: "failure", stage: "x", message: "y", status: 7, poison: true }),
    pack.toOwner({ type: "lost" }),
    pack.toWorker({ type: "welcome", stage: "x", concurrency: 1, edges: [] }, { type: "bye" }),
  ];
}

/** One frame that is no batch, and one batch that is right, but for a worker: it belongs on no socket that anybody finds. */
export function misdirected(): readonly Buffer[] {
  return [Buffer.from([0x5b, 0, 0, 0]), pack.toWorker({ type: "bye" })];
}

/** Messages that no protocol of ours knows. The last are 16 MB. */
export function malformedMessages(random: Random): (readonly Buffer[])[] {
  const valid = strangeBatches();
  const record = (claimed: number, ...bytes: number[]) => {
    const head = Buffer.from([0x5a, VERSION, 0, 0, 0, 0]);
    head.writeUInt32LE(claimed, 2);
    return Buffer.concat([head, Buffer.from(bytes)]);
  };
  const done = pack.fromWorker(DONE);
  const manyOutputs = Buffer.from(done);
  manyOutputs.writeUInt32LE(0xffffffff, done.length - 4);
  const frames = [
    Buffer.alloc(0),
    Buffer.of(0),
    Buffer.of(0x5a),
    Buffer.from([0x5b, VERSION, 1, 2, 3]),
    Buffer.from([0x5a, VERSION + 1, 1, 2, 3]),
    record(0xffffffff, 1),
    record(2, 1),
    record(0),
    record(1, 200),
    record(3, 12, 0, 0),
    manyOutputs,
    ...valid.map((frame) => frame.subarray(0, frame.length - 1)),
    ...valid.map((frame) => Buffer.concat([frame, Buffer.of(0)])),
    Buffer.alloc(16 * 2 ** 20),
    Buffer.alloc(16 * 2 ** 20, 0x5a),
  ];
  const several = [valid[0]!, Buffer.alloc(0), valid[1]!, random.bytes(100)];
  return [
    several,
    [Buffer.alloc(0), valid[0]!],
    Array.from({ length: 1000 }, () => Buffer.of(1)),
    ...frames.map((f) => [f]),
  ];
}

/** A valid batch with a few bytes changed, cut out or put in. */
export function mutate(frame: Buffer, random: Random): Buffer {
  const bytes = [...frame.subarray(0, 512)];
  for (let changes = 1 + random.int(4); changes > 0; changes--) {
    const at = random.int(bytes.length);
    const kind = random.int(4);
    if (kind === 0) bytes.splice(at, 1 + random.int(4));
    else if (kind === 1) bytes.splice(at, 0, ...random.bytes(1 + random.int(4)));
    else bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.int(256)]);
  }
  return Buffer.from(bytes);
}
