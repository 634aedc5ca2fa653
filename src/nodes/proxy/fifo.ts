/** A first-in-first-out queue that also takes back at the front. Amortised constant time, no holes kept. */
export class Fifo<T> {
  private items: (T | undefined)[] = [];
  private head = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  peek(): T | undefined {
    return this.items[this.head];
  }

  push(item: T): void {
    this.items.push(item);
  }

  unshift(item: T): void {
    if (this.head > 0) this.items[--this.head] = item;
    else this.items.unshift(item);
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.items[this.head];
    this.items[this.head++] = undefined;
    if (this.head === this.items.length) {
      this.items = [];
      this.head = 0;
    } else if (this.head > 4096 && this.head * 2 > this.items.length) {
      this.items.splice(0, this.head);
      this.head = 0;
    }
    return item;
  }

  /** Keeps what passes, in order; returns how many did not. */
  filter(keep: (item: T) => boolean): number {
    const before = this.size;
    this.items = this.items.slice(this.head).filter((item) => keep(item as T));
    this.head = 0;
    return before - this.items.length;
  }
}
