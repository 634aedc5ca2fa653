import { unreachable } from "../errors.js";
import { type Channel, type Codec, finish, nothing, payloadKind, Type, trainCount, unexpected } from "./codec.js";
import { depthOf, type Group, type Job, type ToProxy, type Train } from "./messages.js";
import { type PackReader, type PackWriter, ProtocolError } from "./pack.js";

const toProxy: Codec<ToProxy> = {
  write(w, m) {
    w.begin();
    switch (m.type) {
      case "job":
        writeJob(w, m);
        break;
      case "train":
        writeTrain(w, m);
        break;
      case "cancel":
        w.u8(Type.cancel);
        w.u32(m.session);
        w.u32(m.seq);
        break;
      case "release":
        w.u8(Type.release);
        w.u16(m.owner);
        w.u32(m.session);
        w.u32(m.upTo);
        break;
      default:
        unreachable(m);
    }
    w.end();
  },
  read(r) {
    const type = r.u8();
    if (type === Type.job) return finish(r, readJob(r));
    if (type === Type.train) return finish(r, readTrain(r));
    if (type === Type.cancel) return finish(r, { type: "cancel", session: r.u32(), seq: r.u32() });
    if (type === Type.release) {
      return finish(r, { type: "release", owner: r.u16(), session: r.u32(), upTo: r.u32() });
    }
    throw unexpected(type);
  },
};

function writeJob(w: PackWriter, m: Job): void {
  w.u8(Type.job);
  w.u8(m.kind);
  w.u8(m.priority);
  w.u8(depthOf(m.group));
  w.u16(m.owner);
  w.u16(m.from);
  w.u16(m.to);
  w.u16(m.attempt);
  w.u32(m.session);
  w.u32(m.seq);
  w.u32(m.lane);
  w.u32(m.hops);
  w.u32(m.floor);
  w.u32(m.partHigh);
  w.u32(m.partLow);
  w.f64(m.deadline);
  for (let g = m.group; g; g = g.up) writeGroup(w, g);
  w.room();
  w.text(m.trace);
  w.payload(m.payload);
}

function readJob(r: PackReader): Job {
  const kind = payloadKind(r.u8());
  const priority = r.u8();
  const depth = r.u8();
  const job: Job = {
    type: "job",
    kind,
    priority,
    owner: r.u16(),
    from: r.u16(),
    to: r.u16(),
    attempt: r.u16(),
    session: r.u32(),
    seq: r.u32(),
    lane: r.u32(),
    hops: r.u32(),
    floor: r.u32(),
    partHigh: r.u32(),
    partLow: r.u32(),
    deadline: r.f64(),
    group: readGroups(r, depth),
    trace: r.text(),
    payload: r.payload(),
  };
  checkDeadline(job);
  return job;
}

function writeTrain(w: PackWriter, m: Train): void {
  w.u8(Type.train);
  w.u8(m.kind);
  w.u8(m.priority);
  w.u16(m.owner);
  w.u16(m.from);
  w.u16(m.to);
  w.u16(m.attempt);
  w.u32(m.session);
  w.u32(m.seq);
  w.u32(m.lane);
  w.u32(m.hops);
  w.u32(m.floor);
  w.f64(m.deadline);
  w.u16(m.payloads.count);
  w.payloads(m.payloads);
}

function readTrain(r: PackReader): Train {
  const train: Train = {
    type: "train",
    kind: payloadKind(r.u8()),
    priority: r.u8(),
    owner: r.u16(),
    from: r.u16(),
    to: r.u16(),
    attempt: r.u16(),
    session: r.u32(),
    seq: r.u32(),
    lane: r.u32(),
    hops: r.u32(),
    floor: r.u32(),
    deadline: r.f64(),
    payloads: r.payloads(trainCount(r.u16())),
  };
  checkDeadline(train);
  return train;
}

/** One that is no number would never be reached, and puts a queue that is ordered by deadlines out of order. */
function checkDeadline({ deadline }: { readonly deadline: number }): void {
  if (Number.isNaN(deadline)) throw new ProtocolError("a deadline is not a number");
}

function writeGroup(w: PackWriter, g: Group): void {
  w.room();
  w.u16(g.origin);
  w.u16(g.target);
  w.f64(g.id);
  w.u32(g.index);
  w.u32(g.count);
}

function readGroups(r: PackReader, depth: number): Group | undefined {
  if (depth === 0) return undefined;
  const origin = r.u16();
  const target = r.u16();
  const id = r.f64();
  const index = r.u32();
  const count = r.u32();
  if (index >= Math.max(count, 1)) throw new ProtocolError("a part's index is beyond its scatter");
  // Not a number equals nothing, not even itself: a join would keep such a scatter for ever.
  if (!Number.isSafeInteger(id) || id < 0) throw new ProtocolError("a scatter's id is no whole number");
  // Not `{ ...group, up }`: what begins with a spread and has another key gets a shape that no other object has.
  return { origin, target, id, index, count, up: readGroups(r, depth - 1) };
}

/** Owners and proxies → a proxy. */
export const jobsChannel: Channel<ToProxy, never> = { up: toProxy, down: nothing };
