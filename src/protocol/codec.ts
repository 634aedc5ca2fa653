import { unreachable } from "../errors.js";
import { type PackReader, type PackWriter, ProtocolError } from "./pack.js";
import { PayloadKind } from "./payload.js";

/** How one direction's messages become records and come back. `read` is strict: it throws ProtocolError on any doubt. */
export interface Codec<M> {
  write(writer: PackWriter, message: M): void;
  read(reader: PackReader): M;
}

/** The two directions between two nodes, seen from the one that connects. */
export interface Channel<Up, Down> {
  readonly up: Codec<Up>;
  readonly down: Codec<Down>;
}

/** The type byte of every message. */
export const Type = {
  job: 1,
  cancel: 2,
  answer: 3,
  failure: 4,
  welcome: 5,
  work: 6,
  recall: 7,
  abort: 8,
  bye: 9,
  hello: 10,
  done: 11,
  failed: 12,
  leave: 13,
  lost: 14,
  ack: 15,
  release: 16,
  written: 17,
  advertise: 18,
  train: 19,
  works: 20,
  dones: 21,
  acks: 22,
  enlist: 32,
  posting: 33,
  refusal: 34,
} as const;

/** Reads one by one and never allocates by a length that was only claimed. */
export function list<T>(length: number, read: () => T): T[] {
  const items: T[] = [];
  for (let i = 0; i < length; i++) items.push(read());
  return items;
}

export function payloadKind(value: number): PayloadKind {
  if (value > PayloadKind.parts) throw new ProtocolError(`unknown payload kind ${value}`);
  return value as PayloadKind;
}

/** How many there are of what travels together. */
export function trainCount(value: number): number {
  if (value === 0) throw new ProtocolError("a train of nothing");
  return value;
}

export function finish<M>(reader: PackReader, message: M): M {
  reader.end();
  return message;
}

export function unexpected(type: number): ProtocolError {
  return new ProtocolError(`message type ${type} does not belong on this socket`);
}

/** For a direction in which nothing is said. */
export const nothing: Codec<never> = {
  write: (_writer, message) => unreachable(message),
  read: (reader) => {
    throw unexpected(reader.u8());
  },
};
