import { unreachable } from "../errors.js";
import { type Channel, type Codec, finish, nothing, payloadKind, Type, trainCount, unexpected } from "./codec.js";
import type { Ack, Answer, Failure, Finished, ToOwner } from "./messages.js";
import { type PackReader, type PackWriter, ProtocolError } from "./pack.js";

const toOwner: Codec<ToOwner> = {
  write(w, m) {
    w.begin();
    switch (m.type) {
      case "answer":
        w.u8(Type.answer);
        w.u8(m.kind);
        w.u8((m.partial ? 1 : 0) | (m.gathered ? 2 : 0));
        writeFinished(w, m);
        w.text(m.meta);
        w.payload(m.payload);
        break;
      case "failure":
        w.u8(Type.failure);
        w.u8((m.poison ? 1 : 0) | (m.gathered ? 2 : 0));
        w.u16(m.status);
        writeFinished(w, m);
        w.text(m.stage);
        w.text(m.message);
        break;
      case "ack":
        w.u8(Type.ack);
        writeFinished(w, m);
        break;
      case "acks":
        w.u8(Type.acks);
        w.u32(m.session);
        w.u32(m.seq);
        w.u16(m.attempt);
        w.u16(m.count);
        break;
      case "written":
        w.u8(Type.written);
        w.u16(m.sink);
        w.u32(m.session);
        w.u32(m.upTo);
        break;
      case "lost":
        w.u8(Type.lost);
        break;
      default:
        unreachable(m);
    }
    w.end();
  },
  read(r) {
    const type = r.u8();
    if (type === Type.answer) return finish(r, readAnswer(r));
    if (type === Type.failure) return finish(r, readFailure(r));
    if (type === Type.ack) return finish(r, readAck(r));
    if (type === Type.acks) {
      const [session, seq, attempt, count] = [r.u32(), r.u32(), r.u16(), trainCount(r.u16())];
      return finish(r, { type: "acks", session, seq, attempt, count });
    }
    if (type === Type.written) {
      return finish(r, { type: "written", sink: r.u16(), session: r.u32(), upTo: r.u32() });
    }
    if (type === Type.lost) return finish(r, { type: "lost" });
    throw unexpected(type);
  },
};

function readAnswer(r: PackReader): Answer {
  const kind = payloadKind(r.u8());
  const flags = readFlags(r);
  return {
    type: "answer",
    kind,
    partial: (flags & 1) !== 0,
    gathered: (flags & 2) !== 0,
    session: r.u32(),
    seq: r.u32(),
    attempt: r.u16(),
    partHigh: r.u32(),
    partLow: r.u32(),
    meta: r.text(),
    payload: r.payload(),
  };
}

function readFailure(r: PackReader): Failure {
  const flags = readFlags(r);
  const status = r.u16();
  return {
    type: "failure",
    poison: (flags & 1) !== 0,
    gathered: (flags & 2) !== 0,
    status,
    session: r.u32(),
    seq: r.u32(),
    attempt: r.u16(),
    partHigh: r.u32(),
    partLow: r.u32(),
    stage: r.text(),
    message: r.text(),
  };
}

function readAck(r: PackReader): Ack {
  return {
    type: "ack",
    session: r.u32(),
    seq: r.u32(),
    attempt: r.u16(),
    partHigh: r.u32(),
    partLow: r.u32(),
  };
}

function writeFinished(w: PackWriter, m: Finished): void {
  w.u32(m.session);
  w.u32(m.seq);
  w.u16(m.attempt);
  w.u32(m.partHigh);
  w.u32(m.partLow);
}

function readFlags(r: PackReader): number {
  const flags = r.u8();
  if (flags > 3) throw new ProtocolError(`unknown flags ${flags}`);
  return flags;
}

/** Proxies → an owner. */
export const answersChannel: Channel<ToOwner, never> = { up: toOwner, down: nothing };
