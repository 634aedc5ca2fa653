import { unreachable } from "../errors.js";
import { type Channel, type Codec, finish, list, payloadKind, Type, trainCount, unexpected } from "./codec.js";
import {
  type Attributes,
  type Done,
  type Dones,
  type FromWorker,
  MAX_ATTRIBUTES_BYTES,
  type Output,
  OutputRoute,
  type ToWorker,
  type Work,
  type Works,
} from "./messages.js";
import { type PackReader, type PackWriter, ProtocolError } from "./pack.js";

const toWorker: Codec<ToWorker> = {
  write(w, m) {
    w.begin();
    switch (m.type) {
      case "work":
        w.u8(Type.work);
        w.u8(m.kind);
        w.u16(m.attempt);
        w.u32(m.slot);
        w.u32(m.session);
        w.u32(m.seq);
        w.u32(m.hops);
        w.f64(m.deadline);
        w.text(m.trace);
        w.payload(m.payload);
        break;
      case "works":
        w.u8(Type.works);
        w.u8(m.kind);
        w.u16(m.attempt);
        w.u32(m.slot);
        w.u32(m.session);
        w.u32(m.seq);
        w.u32(m.hops);
        w.f64(m.deadline);
        w.u16(m.payloads.count);
        w.payloads(m.payloads);
        break;
      case "welcome":
        w.u8(Type.welcome);
        w.u16(m.concurrency);
        w.text(m.stage);
        w.u16(m.edges.length);
        for (const edge of m.edges) w.text(edge);
        break;
      case "recall":
        w.u8(Type.recall);
        w.u32(m.slot);
        break;
      case "abort":
        w.u8(Type.abort);
        w.u32(m.slot);
        break;
      case "bye":
        w.u8(Type.bye);
        break;
      default:
        unreachable(m);
    }
    w.end();
  },
  read(r) {
    const type = r.u8();
    switch (type) {
      case Type.work:
        return finish(r, readWork(r));
      case Type.works:
        return finish(r, readWorks(r));
      case Type.welcome: {
        const concurrency = r.u16();
        const stage = r.text();
        return finish(r, { type: "welcome", concurrency, stage, edges: list(r.u16(), () => r.text()) });
      }
      case Type.recall:
        return finish(r, { type: "recall", slot: r.u32() });
      case Type.abort:
        return finish(r, { type: "abort", slot: r.u32() });
      case Type.bye:
        return finish(r, { type: "bye" });
      default:
        throw unexpected(type);
    }
  },
};

function readWork(r: PackReader): Work {
  return {
    type: "work",
    kind: payloadKind(r.u8()),
    attempt: r.u16(),
    slot: r.u32(),
    session: r.u32(),
    seq: r.u32(),
    hops: r.u32(),
    deadline: r.f64(),
    trace: r.text(),
    payload: r.payload(),
  };
}

function readWorks(r: PackReader): Works {
  return {
    type: "works",
    kind: payloadKind(r.u8()),
    attempt: r.u16(),
    slot: r.u32(),
    session: r.u32(),
    seq: r.u32(),
    hops: r.u32(),
    deadline: r.f64(),
    payloads: r.payloads(trainCount(r.u16())),
  };
}

const fromWorker: Codec<FromWorker> = {
  write(w, m) {
    w.begin();
    switch (m.type) {
      case "done":
        w.u8(Type.done);
        w.u16(m.credits);
        w.u32(m.slot);
        w.u32(m.service);
        w.u32(m.outputs.length);
        for (const output of m.outputs) writeOutput(w, output);
        break;
      case "dones":
        w.u8(Type.dones);
        w.u8(m.route);
        w.u8(m.kind);
        w.u16(m.edge);
        w.u16(m.credits);
        w.u32(m.slot);
        w.u16(m.payloads.count);
        for (const service of m.services) {
          w.room();
          w.u32(service);
        }
        w.payloads(m.payloads);
        break;
      case "failed":
        w.u8(Type.failed);
        w.u16(m.credits);
        w.u32(m.slot);
        w.u32(m.service);
        w.u16(m.status);
        w.text(m.message);
        break;
      case "hello":
        w.u8(Type.hello);
        w.u16(m.credits);
        w.u16(m.stage);
        w.text(m.name);
        break;
      case "leave":
        w.u8(Type.leave);
        w.u16(m.unstarted.length);
        for (const slot of m.unstarted) {
          w.room();
          w.u32(slot);
        }
        break;
      case "advertise":
        w.u8(Type.advertise);
        writeAttributes(w, m.attributes);
        break;
      default:
        unreachable(m);
    }
    w.end();
  },
  read(r) {
    const type = r.u8();
    switch (type) {
      case Type.done:
        return finish(r, readDone(r));
      case Type.dones:
        return finish(r, readDones(r));
      case Type.failed:
        return finish(r, {
          type: "failed",
          credits: r.u16(),
          slot: r.u32(),
          service: r.u32(),
          status: r.u16(),
          message: r.text(),
        });
      case Type.hello:
        return finish(r, { type: "hello", credits: r.u16(), stage: r.u16(), name: r.text() });
      case Type.leave:
        return finish(r, { type: "leave", unstarted: list(r.u16(), () => r.u32()) });
      case Type.advertise:
        return finish(r, { type: "advertise", attributes: readAttributes(r) });
      default:
        throw unexpected(type);
    }
  },
};

function writeOutput(w: PackWriter, output: Output): void {
  w.u8(output.route);
  w.u8(output.kind);
  w.u16(output.edge);
  w.text(output.meta);
  w.payload(output.payload);
}

function readDone(r: PackReader): Done {
  const credits = r.u16();
  const slot = r.u32();
  const service = r.u32();
  return { type: "done", credits, slot, service, outputs: list(r.u32(), () => readOutput(r)) };
}

function readDones(r: PackReader): Dones {
  const route = r.u8();
  if (route !== OutputRoute.follow && route !== OutputRoute.edge) throw new ProtocolError(`route ${route} in a train`);
  const [kind, edge, credits, slot, count] = [payloadKind(r.u8()), r.u16(), r.u16(), r.u32(), trainCount(r.u16())];
  const services = new Uint32Array(count);
  for (let i = 0; i < count; i++) services[i] = r.u32();
  return { type: "dones", route, kind, edge, credits, slot, services, payloads: r.payloads(count) };
}

function readOutput(r: PackReader): Output {
  const route = r.u8();
  if (route > OutputRoute.empty) throw new ProtocolError(`unknown output route ${route}`);
  const kind = payloadKind(r.u8());
  return { route: route as OutputRoute, kind, edge: r.u16(), meta: r.text(), payload: r.payload() };
}

function writeAttributes(w: PackWriter, attributes: Attributes): void {
  w.u16(attributes.length);
  for (const [name, values] of attributes) {
    w.text(name);
    w.u16(values.length);
    for (const value of values) w.text(value);
  }
}

/** A proxy keeps them for as long as the worker lives, so a hostile one must not fill its memory. */
function readAttributes(r: PackReader): Attributes {
  let left = MAX_ATTRIBUTES_BYTES - 2;
  const text = () => {
    const read = r.text();
    left -= 2 + Buffer.byteLength(read);
    if (left < 0) throw new ProtocolError(`a worker advertises more than ${MAX_ATTRIBUTES_BYTES} bytes`);
    return read;
  };
  return list(r.u16(), () => {
    const name = text();
    left -= 2;
    return [name, list(r.u16(), text)] as const;
  });
}

/** How many bytes an Advertise of them takes, its type not counted. */
export function attributesBytes(attributes: Attributes): number {
  let bytes = 2;
  for (const [name, values] of attributes) {
    bytes += 4 + Buffer.byteLength(name);
    for (const value of values) bytes += 2 + Buffer.byteLength(value);
  }
  return bytes;
}

/** Workers ↔ their proxy. */
export const workersChannel: Channel<FromWorker, ToWorker> = { up: fromWorker, down: toWorker };
