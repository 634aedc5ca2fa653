import { unreachable } from "../errors.js";
import { type Channel, type Codec, finish, list, Type } from "./codec.js";
import type { FromWorker, ToWorker } from "./messages.js";
import { workersChannel } from "./workers.js";

/** Somebody on another host wants to work for a stage. */
export interface Enlist {
  readonly type: "enlist";
  readonly topology: string;
  readonly stage: string;
}

/** What its workers have to know. */
export interface Posting {
  readonly type: "posting";
  /** The number of the stage, for Hello. */
  readonly number: number;
  readonly concurrency: number;
  /** How often a handler that has thrown is called again with the same job. */
  readonly retries: number;
  readonly stage: string;
  /** Names of the edges, by the index that outputs use. */
  readonly edges: readonly string[];
}

export interface Refusal {
  readonly type: "refusal";
  readonly stage: string;
  readonly message: string;
}

export type ToGate = FromWorker | Enlist;
export type FromGate = ToWorker | Posting | Refusal;

const toGate: Codec<ToGate> = {
  write(w, m) {
    if (m.type !== "enlist") {
      workersChannel.up.write(w, m);
      return;
    }
    w.begin();
    w.u8(Type.enlist);
    w.text(m.topology);
    w.text(m.stage);
    w.end();
  },
  read(r) {
    if (r.peek() !== Type.enlist) return workersChannel.up.read(r);
    r.u8();
    return finish(r, { type: "enlist", topology: r.text(), stage: r.text() });
  },
};

const fromGate: Codec<FromGate> = {
  write(w, m) {
    if (m.type !== "posting" && m.type !== "refusal") {
      workersChannel.down.write(w, m);
      return;
    }
    w.begin();
    switch (m.type) {
      case "posting":
        w.u8(Type.posting);
        w.u16(m.number);
        w.u16(m.concurrency);
        w.u16(m.retries);
        w.text(m.stage);
        w.u16(m.edges.length);
        for (const edge of m.edges) w.text(edge);
        break;
      case "refusal":
        w.u8(Type.refusal);
        w.text(m.stage);
        w.text(m.message);
        break;
      default:
        unreachable(m);
    }
    w.end();
  },
  read(r) {
    switch (r.peek()) {
      case Type.posting: {
        r.u8();
        const [number, concurrency, retries, stage] = [r.u16(), r.u16(), r.u16(), r.text()];
        const edges = list(r.u16(), () => r.text());
        return finish(r, { type: "posting", number, concurrency, retries, stage, edges });
      }
      case Type.refusal:
        r.u8();
        return finish(r, { type: "refusal", stage: r.text(), message: r.text() });
      default:
        return workersChannel.down.read(r);
    }
  },
};

/** The gate of a run ↔ other hosts: their workers speak as to a proxy, and whoever starts them asks what to start. */
export const gateChannel: Channel<ToGate, FromGate> = { up: toGate, down: fromGate };
