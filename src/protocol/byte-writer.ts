import type { Payload } from "./payload.js";

const SMALLEST = 1024;
const LARGEST = 65536;

/**
 * Free bytes that there always are after a text, a payload, or a call of `room`: so many may be written as numbers without
 * asking each time.
 */
export const ROOM = 128;

const NOTHING = Buffer.alloc(0);

/** Writes into a buffer that grows. All integers are little-endian. */
export class ByteWriter {
  protected buffer = NOTHING;

  /**
   * @param at where to write next
   * @param nextSize how large a buffer is made for what is written next
   */
  constructor(
    protected at: number,
    private nextSize = SMALLEST,
  ) {}

  /** Bytes so far. */
  get size(): number {
    return this.at;
  }

  /** To be called after every ROOM bytes of numbers, in a list that may be long. */
  room(): void {
    this.reserve(ROOM);
  }

  u32(value: number): void {
    const { buffer, at } = this;
    buffer[at] = value;
    buffer[at + 1] = value >>> 8;
    buffer[at + 2] = value >>> 16;
    buffer[at + 3] = value >>> 24;
    this.at = at + 4;
  }

  /** u32 length, then the bytes. */
  payload(value: Payload): void {
    if (typeof value === "string") {
      // At most three bytes a UTF-16 unit: writing first and counting after saves a pass over the text.
      this.reserve(4 + value.length * 3 + ROOM);
      const length = this.buffer.write(value, this.at + 4, "utf8");
      this.u32(length);
      this.at += length;
    } else {
      this.reserve(4 + value.length + ROOM);
      this.u32(value.length);
      this.buffer.set(value, this.at);
      this.at += value.length;
    }
  }

  protected reserve(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2, this.nextSize));
    this.buffer.copy(grown, 0, 0, this.at);
    this.buffer = grown;
  }

  /** What was written belongs to who asked for it. What is written next, from `start` on, is likely to be as large. */
  protected renew(start: number): void {
    this.buffer = NOTHING;
    this.nextSize = Math.max(SMALLEST, Math.min(this.at * 2, LARGEST));
    this.at = start;
  }
}

/** The u32 there, little-endian. */
export function u32At(buffer: Buffer, at: number): number {
  return (buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24)) >>> 0;
}
