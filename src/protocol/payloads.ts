import { ByteWriter, u32At } from "./byte-writer.js";
import type { Payload } from "./payload.js";

/** Payloads in a row, one buffer for all: of each its length (u32, little-endian), then its bytes. */
export class Payloads {
  constructor(
    readonly buffer: Buffer,
    readonly start: number,
    readonly end: number,
    readonly count: number,
  ) {}

  /** Calls `see` for each in turn, with the place of its bytes in `buffer`. */
  each(see: (start: number, end: number) => void): void {
    for (let at = this.start; at < this.end; ) {
      const start = at + 4;
      at = start + u32At(this.buffer, at);
      see(start, at);
    }
  }

  /** Views of the buffer, which lives as long as any of them. */
  toArray(): Buffer[] {
    const views: Buffer[] = [];
    this.each((start, end) => views.push(this.buffer.subarray(start, end)));
    return views;
  }

  /** The first so many, and the rest. */
  split(count: number): [Payloads, Payloads] {
    const { buffer, start, end } = this;
    let middle = start;
    for (let i = 0; i < count; i++) middle += 4 + u32At(buffer, middle);
    return [new Payloads(buffer, start, middle, count), new Payloads(buffer, middle, end, this.count - count)];
  }
}

/** Puts payloads in a row, one by one. */
export class PayloadsWriter extends ByteWriter {
  count = 0;

  constructor() {
    super(0);
  }

  add(payload: Payload): void {
    this.payload(payload);
    this.count++;
  }

  /** Those so far; the next one begins a new row. */
  take(): Payloads {
    const row = new Payloads(this.buffer, 0, this.at, this.count);
    this.renew(0);
    this.count = 0;
    return row;
  }
}
