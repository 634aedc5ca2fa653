import { jobsChannel } from "../../../protocol/jobs.js";
import type { Load } from "../../../protocol/messages.js";
import { PackReader, PackWriter } from "../../../protocol/pack.js";
import { FifoQueue } from "./fifo-queue.js";
import type { JobQueue, Queued } from "./types.js";

/** Jobs at the front that are kept as objects; beyond it, as bytes: they take a third of the memory. */
const AT_HAND = 8192;

const CHUNK_BYTES = 256 * 1024;

/** Room for the job that makes a chunk full, unless that is a large one. */
const ONE_MORE = 4096;

/** A filter looks through the bytes in so many calls, not in one: they are read for it and written again. */
const ROUNDS = 50;

/** First come, first served, for any number of jobs: those that have long to wait are packed until their turn comes. */
export class DeepQueue<T extends Queued> implements JobQueue<T> {
  private readonly front = new FifoQueue<T>();
  private chunks: Chunk[] = [];
  private last: PackWriter | undefined;
  private inLast = 0;
  private packed = 0;
  private nextToFilter = 0;

  /** @param make an item of its job, when its turn has come */
  constructor(private readonly make: (job: Load, arrivedAt: number) => T) {}

  get size(): number {
    return this.front.size + this.packed;
  }

  push(item: T): void {
    if (this.packed === 0 && this.front.size < AT_HAND) {
      this.front.push(item);
      return;
    }
    this.last ??= new PackWriter(CHUNK_BYTES + ONE_MORE);
    pack(this.last, item);
    this.packed++;
    this.inLast++;
    if (this.last.size >= CHUNK_BYTES) this.seal();
  }

  unshift(item: T): void {
    this.front.unshift(item);
  }

  shift(): T | undefined {
    const item = this.front.shift();
    if (this.packed > 0 && this.front.size === 0) this.refill();
    return item;
  }

  filter(keep: (item: T) => boolean): number {
    let dropped = this.front.filter(keep);
    const count = Math.ceil(this.chunks.length / ROUNDS);
    for (let i = 0; i < count; i++) dropped += this.filterChunk(keep);
    this.chunks = this.chunks.filter((chunk) => chunk.count > 0);
    if (this.packed > 0 && this.front.size === 0) this.refill();
    return dropped;
  }

  oldest(): number | undefined {
    return this.front.oldest();
  }

  /** The next in turn; a chunk that loses nothing stays as it is. */
  private filterChunk(keep: (item: T) => boolean): number {
    this.nextToFilter = (this.nextToFilter + 1) % this.chunks.length;
    const chunk = this.chunks[this.nextToFilter]!;
    const items = this.unpack(chunk.bytes);
    const kept = items.filter(keep);
    const dropped = items.length - kept.length;
    if (dropped === 0) return 0;
    const writer = new PackWriter();
    for (const item of kept) pack(writer, item);
    this.chunks[this.nextToFilter] = { bytes: exact(writer.take()), count: kept.length };
    this.packed -= dropped;
    return dropped;
  }

  private refill(): void {
    if (this.chunks.length === 0) this.seal();
    const { bytes, count } = this.chunks.shift()!;
    for (const item of this.unpack(bytes)) this.front.push(item);
    this.packed -= count;
  }

  private seal(): void {
    this.chunks.push({ bytes: this.last!.take(), count: this.inLast });
    this.last = undefined;
    this.inLast = 0;
  }

  private unpack(bytes: Buffer): T[] {
    const items: T[] = [];
    const reader = new PackReader(bytes);
    while (reader.next()) {
      const arrivedAt = reader.f64();
      reader.next();
      items.push(this.make(jobsChannel.up.read(reader) as Load, arrivedAt));
    }
    return items;
  }
}

interface Chunk {
  readonly bytes: Buffer;
  readonly count: number;
}

/** Two records: since when it has waited, and the job as it would travel. */
function pack(writer: PackWriter, { job, arrivedAt }: Queued): void {
  writer.begin();
  writer.f64(arrivedAt);
  writer.end();
  jobsChannel.up.write(writer, job);
}

/** Without the room that a writer keeps for more. */
function exact(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
