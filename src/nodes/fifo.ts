const SMALLEST = 128;

/** A ring of this size is not worth making smaller: it would soon be made larger again. */
const KEPT = 8192;

/**
 * A first-in-first-out queue that also takes back at the front: a ring that doubles when it is full and halves when it
 * is large and nearly empty, so that a queue at work allocates nothing.
 */
export class Fifo<T> {
  private ring: (T | undefined)[] = new Array(SMALLEST);
  private head = 0;
  private count = 0;

  get size(): number {
    return this.count;
  }

  peek(): T | undefined {
    return this.ring[this.head];
  }

  push(item: T): void {
    if (this.count === this.ring.length) this.resize(this.count * 2);
    this.ring[(this.head + this.count) & (this.ring.length - 1)] = item;
    this.count++;
  }

  unshift(item: T): void {
    if (this.count === this.ring.length) this.resize(this.count * 2);
    this.head = (this.head - 1) & (this.ring.length - 1);
    this.ring[this.head] = item;
    this.count++;
  }

  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const item = this.ring[this.head];
    this.ring[this.head] = undefined;
    this.head = (this.head + 1) & (this.ring.length - 1);
    this.count--;
    if (this.ring.length > KEPT && this.count < this.ring.length / 8) this.resize(this.ring.length / 2);
    return item;
  }

  /** Keeps what passes, in order; returns how many did not. */
  filter(keep: (item: T) => boolean): number {
    const { ring, head, count } = this;
    const mask = ring.length - 1;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const item = ring[(head + i) & mask] as T;
      if (keep(item)) ring[(head + kept++) & mask] = item;
    }
    for (let i = kept; i < count; i++) ring[(head + i) & mask] = undefined;
    this.count = kept;
    return count - kept;
  }

  clear(): void {
    this.ring = new Array(SMALLEST);
    this.head = 0;
    this.count = 0;
  }

  toArray(): T[] {
    return Array.from({ length: this.count }, (_, i) => this.ring[(this.head + i) & (this.ring.length - 1)] as T);
  }

  /** @param size a power of two, not below the count */
  private resize(size: number): void {
    const items: (T | undefined)[] = this.toArray();
    items.length = size;
    this.ring = items;
    this.head = 0;
  }
}
