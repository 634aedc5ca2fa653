import { unreachable } from "../errors.js";
import type {
  Answer,
  Done,
  Failure,
  FromWorker,
  Group,
  Job,
  Output,
  ToOwner,
  ToProxy,
  ToWorker,
  Work,
} from "./messages.js";
import { OutputRoute } from "./messages.js";
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

const Type = {
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
} as const;

const toProxy: Codec<ToProxy> = {
  write(w, m) {
    w.begin();
    if (m.type === "job") writeJob(w, m);
    else {
      w.u8(Type.cancel);
      w.u32(m.session);
      w.u32(m.seq);
    }
    w.end();
  },
  read(r) {
    const type = r.u8();
    if (type === Type.job) return finish(r, readJob(r));
    if (type === Type.cancel) return finish(r, { type: "cancel", session: r.u32(), seq: r.u32() });
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
  w.f64(m.deadline);
  for (let g = m.group; g; g = g.up) writeGroup(w, g);
  w.text(m.trace);
  w.payload(m.payload);
}

function readJob(r: PackReader): Job {
  const kind = payloadKind(r.u8());
  const priority = r.u8();
  const depth = r.u8();
  return {
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
    deadline: r.f64(),
    group: readGroups(r, depth),
    trace: r.text(),
    payload: r.payload(),
  };
}

function depthOf(group: Group | undefined): number {
  let depth = 0;
  for (let g = group; g; g = g.up) depth++;
  return depth;
}

function writeGroup(w: PackWriter, g: Group): void {
  w.u16(g.origin);
  w.u16(g.target);
  w.f64(g.id);
  w.u32(g.index);
  w.u32(g.count);
}

function readGroups(r: PackReader, depth: number): Group | undefined {
  if (depth === 0) return undefined;
  const group = { origin: r.u16(), target: r.u16(), id: r.f64(), index: r.u32(), count: r.u32() };
  return { ...group, up: readGroups(r, depth - 1) };
}

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
      default:
        unreachable(m);
    }
    w.end();
  },
  read(r) {
    const type = r.u8();
    if (type === Type.answer) return finish(r, readAnswer(r));
    if (type === Type.failure) return finish(r, readFailure(r));
    throw unexpected(type);
  },
};

function readAnswer(r: PackReader): Answer {
  const kind = payloadKind(r.u8());
  const partial = r.u8() === 1;
  return { type: "answer", kind, partial, session: r.u32(), seq: r.u32(), meta: r.text(), payload: r.payload() };
}

function readFailure(r: PackReader): Failure {
  const status = r.u16();
  return { type: "failure", status, session: r.u32(), seq: r.u32(), stage: r.text(), message: r.text() };
}

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

const fromWorker: Codec<FromWorker> = {
  write(w, m) {
    w.begin();
    switch (m.type) {
      case "done":
        w.u8(Type.done);
        w.u16(m.credits);
        w.u32(m.slot);
        w.u32(m.outputs.length);
        for (const output of m.outputs) writeOutput(w, output);
        break;
      case "failed":
        w.u8(Type.failed);
        w.u16(m.credits);
        w.u32(m.slot);
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
        for (const slot of m.unstarted) w.u32(slot);
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
      case Type.failed:
        return finish(r, {
          type: "failed",
          credits: r.u16(),
          slot: r.u32(),
          status: r.u16(),
          message: r.text(),
        });
      case Type.hello:
        return finish(r, { type: "hello", credits: r.u16(), stage: r.u16(), name: r.text() });
      case Type.leave:
        return finish(r, { type: "leave", unstarted: list(r.u16(), () => r.u32()) });
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
  return { type: "done", credits, slot, outputs: list(r.u32(), () => readOutput(r)) };
}

function readOutput(r: PackReader): Output {
  const route = r.u8();
  if (route > OutputRoute.empty) throw new ProtocolError(`unknown output route ${route}`);
  const kind = payloadKind(r.u8());
  return { route: route as OutputRoute, kind, edge: r.u16(), meta: r.text(), payload: r.payload() };
}

/** Reads one by one and never allocates by a length that was only claimed. */
function list<T>(length: number, read: () => T): T[] {
  const items: T[] = [];
  for (let i = 0; i < length; i++) items.push(read());
  return items;
}

function payloadKind(value: number): PayloadKind {
  if (value > PayloadKind.parts) throw new ProtocolError(`unknown payload kind ${value}`);
  return value as PayloadKind;
}

function finish<M>(reader: PackReader, message: M): M {
  reader.end();
  return message;
}

function unexpected(type: number): ProtocolError {
  return new ProtocolError(`message type ${type} does not belong on this socket`);
}

const nothing: Codec<never> = {
  write: (_writer, message) => unreachable(message),
  read: (reader) => {
    throw unexpected(reader.u8());
  },
};

/** Owners and proxies → a proxy. */
export const jobsChannel: Channel<ToProxy, never> = { up: toProxy, down: nothing };
/** Proxies → an owner. */
export const answersChannel: Channel<ToOwner, never> = { up: toOwner, down: nothing };
/** Workers ↔ their proxy. */
export const workersChannel: Channel<FromWorker, ToWorker> = { up: fromWorker, down: toWorker };
