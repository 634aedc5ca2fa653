import type { Ack, Acks, Job, Load, RequestId, Train } from "../protocol/messages.js";
import { rootHigh, rootLow, rootPart } from "./parts.js";

/** A train longer than this, or of more bytes, is not worth waiting for: it leaves, and the next one begins. */
export const LONGEST_TRAIN = 512;
export const LARGEST_TRAIN_BYTES = 64 * 1024;

/** How many jobs it is. */
export function sizeOf(load: Load): number {
  return load.type === "train" ? load.payloads.count : 1;
}

/** Its jobs one by one, for whatever has to tell them apart. */
export function jobsOf(load: Load): readonly Job[] {
  if (load.type === "job") return [load];
  const { session, kind, priority, owner, from, to, attempt, lane, hops, floor, deadline } = load;
  return load.payloads.toArray().map((payload, index) => {
    const seq = (load.seq + index) >>> 0;
    return {
      type: "job",
      kind,
      priority,
      owner,
      from,
      to,
      attempt,
      session,
      seq,
      lane,
      hops,
      floor,
      partHigh: rootHigh(session, seq),
      partLow: rootLow(session, seq),
      deadline,
      group: undefined,
      trace: "",
      payload,
    };
  });
}

/** The first so many jobs of it, and the rest. */
export function splitTrain(train: Train, count: number): [Train, Train] {
  const [first, rest] = train.payloads.split(count);
  return [
    { ...train, payloads: first },
    { ...train, seq: (train.seq + count) >>> 0, payloads: rest },
  ];
}

/** The place of the request's job in it, from 0; undefined: it has none. */
export function placeIn(load: Load, { session, seq }: RequestId): number | undefined {
  if (session !== load.session) return undefined;
  const place = (seq - load.seq) >>> 0;
  return place < sizeOf(load) ? place : undefined;
}

/** Nothing more comes of any of its jobs. */
export function acksOf({ session, seq, attempt, payloads: { count } }: Train): Acks {
  return { type: "acks", session, seq, attempt, count };
}

/** One for each request. */
export function acksApart({ session, seq: first, count, attempt }: Acks): Ack[] {
  return Array.from({ length: count }, (_, place) => {
    const seq = (first + place) >>> 0;
    return { type: "ack", session, seq, attempt, ...rootPart(session, seq) };
  });
}
