import type { ToWorker, Work } from "../../../src/protocol/messages.js";
import type { Link } from "../../../src/transport/types.js";

/** A worker as the pool sees it: what it was sent, in order. */
export class FakeWorker implements Link<ToWorker> {
  readonly inbox: ToWorker[] = [];

  send(message: ToWorker): void {
    this.inbox.push(message);
  }

  /** seq of every job it was given. */
  get jobs(): number[] {
    return this.works.map((work) => work.seq);
  }

  get works(): Work[] {
    return this.inbox.filter((message): message is Work => message.type === "work");
  }

  slotOf(seq: number): number {
    return this.works.findLast((work) => work.seq === seq)!.slot;
  }

  said(type: ToWorker["type"]): number {
    return this.inbox.filter((message) => message.type === type).length;
  }
}
