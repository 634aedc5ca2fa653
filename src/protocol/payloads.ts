import type { Payload } from "./payload.js";

const SMALLEST = 1024;
const LARGEST = 65536;

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
      at = start + lengthAt(this.buffer, at);
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
    for (let i = 0; i < count; i++) middle += 4 + lengthAt(buffer, middle);
    return [new Payloads(buffer, start, middle, count), new Payloads(buffer, middle, end, this.count - count)];
  }
}

/** Puts payloads in a row, one by one. */
export class PayloadsWriter {
  private buffer = Buffer.alloc(0);
  private at = 0;
  private nextSize = SMALLEST;
  count = 0;

  /** Bytes so far. */
  get size(): number {
    return this.at;
  }

  add(payload: Payload): void {
    let length: number;
    if (typeof payload === "string") {
      // At most three bytes a UTF-16 unit: writing first and counting after saves a pass over the text.
      this.reserve(4 + payload.length * 3);
      length = this.buffer.write(payload, this.at + 4, "utf8");
    } else {
      length = payload.length;
      this.reserve(4 + length);
      this.buffer.set(payload, this.at + 4);
    }
    const { buffer, at } = this;
    buffer[at] = length;
    buffer[at + 1] = length >>> 8;
    buffer[at + 2] = length >>> 16;
    buffer[at + 3] = length >>> 24;
    this.at = at + 4 + length;
    this.count++;
  }

  /** Those so far; the next one begins a new row. */
  take(): Payloads {
    const row = new Payloads(this.buffer, 0, this.at, this.count);
    // The row belongs to who takes it. The next one is likely to be as long.
    this.nextSize = Math.max(SMALLEST, Math.min(this.at * 2, LARGEST));
    this.buffer = Buffer.alloc(0);
    this.at = 0;
    this.count = 0;
    return row;
  }

  private reserve(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2, this.nextSize));
    this.buffer.copy(grown, 0, 0, this.at);
    this.buffer = grown;
  }
}

/** The u32 there, little-endian. */
export function lengthAt(buffer: Buffer, at: number): number {
  return (buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24)) >>> 0;
}
