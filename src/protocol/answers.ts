import { unreachable } from "../errors.js";
import { type Channel, type Codec, finish, nothing, payloadKind, Type, unexpected } from "./codec.js";
import type { Answer, Failure, ToOwner } from "./messages.js";
import { type PackReader, ProtocolError } from "./pack.js";

const toOwner: Codec<ToOwner> = {
  write(w, m) {
    w.begin();
    switch (m.type) {
      case "answer":
        w.u8(Type.answer);
        w.u8(m.kind);
        w.u8(m.partial ? 1 : 0);
        w.u32(m.session);
        w.u32(m.seq);
        w.text(m.meta);
        w.payload(m.payload);
        break;
      case "failure":
        w.u8(Type.failure);
        w.u16(m.status);
        w.u32(m.session);
        w.u32(m.seq);
        w.text(m.stage);
        w.text(m.message);
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
    if (type === Type.lost) return finish(r, { type: "lost" });
    throw unexpected(type);
  },
};

function readAnswer(r: PackReader): Answer {
  const kind = payloadKind(r.u8());
  const flag = r.u8();
  if (flag > 1) throw new ProtocolError(`unknown flag ${flag}`);
  const partial = flag === 1;
  return { type: "answer", kind, partial, session: r.u32(), seq: r.u32(), meta: r.text(), payload: r.payload() };
}

function readFailure(r: PackReader): Failure {
  const status = r.u16();
  return { type: "failure", status, session: r.u32(), seq: r.u32(), stage: r.text(), message: r.text() };
}

/** Proxies → an owner. */
export const answersChannel: Channel<ToOwner, never> = { up: toOwner, down: nothing };
