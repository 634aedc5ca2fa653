import { ByteWriter, ROOM, u32At } from "./byte-writer.js";
import { Payloads } from "./payloads.js";

/** Version of the wire contract; a batch of any other version is refused whole. */
export const VERSION = 3;
const MAGIC = 0x5a;
/** Bytes before the first record: magic, version. */
const HEADER = 2;

/** A frame, or a message in it, that is not what the protocol says. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/**
 * Builds a batch: magic u8, version u8, then records, each a u32 length and that many bytes. All integers are
 * little-endian. One frame carries one batch, which is what makes a message per job affordable.
 */
export class PackWriter extends ByteWriter {
  private start = 0;

  /** @param nextSize how large a buffer is made for the next batch */
  constructor(nextSize?: number) {
    super(HEADER, nextSize);
  }

  get empty(): boolean {
    return this.at === HEADER;
  }

  begin(): void {
    this.room();
    this.start = this.at;
    this.at += 4;
  }

  /** Forgets the record that was begun: it could not be written to its end. */
  undo(): void {
    this.at = this.start;
  }

  end(): void {
    const { buffer, start } = this;
    const length = this.at - start - 4;
    buffer[start] = length;
    buffer[start + 1] = length >>> 8;
    buffer[start + 2] = length >>> 16;
    buffer[start + 3] = length >>> 24;
  }

  /** The batch so far; the writer starts a new one. */
  take(): Buffer {
    this.reserve(0);
    const batch = this.buffer.subarray(0, this.at);
    batch[0] = MAGIC;
    batch[1] = VERSION;
    this.renew(HEADER);
    return batch;
  }

  u8(value: number): void {
    this.buffer[this.at++] = value;
  }

  u16(value: number): void {
    const { buffer, at } = this;
    buffer[at] = value;
    buffer[at + 1] = value >>> 8;
    this.at = at + 2;
  }

  f64(value: number): void {
    this.at = this.buffer.writeDoubleLE(value, this.at);
  }

  /** A short string: u16 length, UTF-8. What does not fit is cut at 65,535 bytes. */
  text(value: string): void {
    // Most are.
    if (value === "") {
      this.reserve(2 + ROOM);
      this.u16(0);
      return;
    }
    const longest = Math.min(Buffer.byteLength(value), 0xffff);
    this.reserve(2 + longest + ROOM);
    // Only whole characters are written: it may be less.
    const length = this.buffer.write(value, this.at + 2, longest, "utf8");
    this.u16(length);
    this.at += length;
  }

  /** As they stand, without their number. */
  payloads({ buffer, start, end }: Payloads): void {
    this.reserve(end - start + ROOM);
    this.at += buffer.copy(this.buffer, this.at, start, end);
  }
}

/** Reads a batch record by record. Every read is checked against the end of its record. */
export class PackReader {
  private at = HEADER;
  private limit = HEADER;

  /** @throws ProtocolError when the frame is not a batch of this version. */
  constructor(private readonly buffer: Buffer) {
    if (buffer.length < HEADER || buffer[0] !== MAGIC) throw new ProtocolError("not a zpipe batch");
    if (buffer[1] !== VERSION) throw new ProtocolError(`protocol version ${buffer[1]}, expected ${VERSION}`);
  }

  /** Steps into the next record; false at the end of the batch. @throws ProtocolError on a length beyond the frame. */
  next(): boolean {
    if (this.at === this.buffer.length) return false;
    this.limit = this.buffer.length;
    const length = this.u32();
    if (length > this.buffer.length - this.at) throw new ProtocolError("a record is longer than its batch");
    this.limit = this.at + length;
    return true;
  }

  /** @throws ProtocolError when the record has bytes that nobody read. */
  end(): void {
    if (this.at !== this.limit) throw new ProtocolError(`${this.limit - this.at} bytes too many in a record`);
  }

  /** The next byte, without reading it; undefined at the end of the batch. */
  peek(): number | undefined {
    return this.buffer[this.at];
  }

  u8(): number {
    const at = this.advance(1);
    return this.buffer[at]!;
  }

  u16(): number {
    const at = this.advance(2);
    const { buffer } = this;
    return buffer[at]! | (buffer[at + 1]! << 8);
  }

  u32(): number {
    return u32At(this.buffer, this.advance(4));
  }

  f64(): number {
    return this.buffer.readDoubleLE(this.advance(8));
  }

  text(): string {
    const length = this.u16();
    const at = this.advance(length);
    return length === 0 ? "" : this.buffer.toString("utf8", at, at + length);
  }

  /** A view into the frame: no copy, and the frame lives as long as the view. */
  payload(): Buffer {
    const length = this.u32();
    const at = this.advance(length);
    return this.buffer.subarray(at, at + length);
  }

  /** So many payloads, all of them within the record. */
  payloads(count: number): Payloads {
    const start = this.at;
    for (let i = 0; i < count; i++) {
      this.advance(this.u32());
    }
    return new Payloads(this.buffer, start, this.at, count);
  }

  private advance(bytes: number): number {
    const at = this.at;
    if (at + bytes > this.limit) throw new ProtocolError("a record is cut short");
    this.at = at + bytes;
    return at;
  }
}
