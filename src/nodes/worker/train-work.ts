import type { Work, Works } from "../../protocol/messages.js";
import { type Payload, PayloadKind } from "../../protocol/payload.js";

/** Calls `take` for each job of the train in turn. */
export function eachWork(train: Works, take: (work: TrainWork) => void): void {
  let place = 0;
  train.payloads.each((start, end) => take(new TrainWork(train, place++, start, end)));
}

/** One job of a train in a worker's queue: its payload is made when it is asked for, which is when the job starts. */
export class TrainWork implements Work {
  readonly slot: number;
  readonly seq: number;

  /** @param place in the train, from 0 @param start where its bytes are in the buffer of the train, up to `end` */
  constructor(
    private readonly train: Works,
    place: number,
    private readonly start: number,
    private readonly end: number,
  ) {
    this.slot = (train.slot + place) >>> 0;
    this.seq = (train.seq + place) >>> 0;
  }

  get type(): "work" {
    return "work";
  }

  get session(): number {
    return this.train.session;
  }

  get kind(): PayloadKind {
    return this.train.kind;
  }

  get attempt(): number {
    return this.train.attempt;
  }

  get hops(): number {
    return this.train.hops;
  }

  get deadline(): number {
    return this.train.deadline;
  }

  get trace(): string {
    return "";
  }

  /** A text costs less than a view of the bytes, and is what JSON is read from. */
  get payload(): Payload {
    const { buffer } = this.train.payloads;
    return this.train.kind === PayloadKind.json
      ? buffer.toString("utf8", this.start, this.end)
      : buffer.subarray(this.start, this.end);
  }
}
