/** 2^6 places to begin with. */
const SMALLEST_BITS = 6;

/**
 * Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): the keys are counters, and side by side in the table
 * they would make one long run, which a deletion has to walk through.
 */
const GOLDEN = 0x9e3779b1;

/**
 * A map from whole numbers, for entries that come and go by the thousand: open addressing in arrays that are used again,
 * with no tombstones. A built-in Map makes itself a new table every few deletions, and the old table, once it has grown
 * old itself, keeps whatever was in it from being collected young; that cost a fifth of the server's time.
 */
export class NumberMap<T> {
  private bits = SMALLEST_BITS;
  private mask = 2 ** SMALLEST_BITS - 1;
  private keys = new Float64Array(2 ** SMALLEST_BITS);
  private items: (T | undefined)[] = new Array(2 ** SMALLEST_BITS);
  private count = 0;

  get size(): number {
    return this.count;
  }

  get(key: number): T | undefined {
    return this.items[this.find(key)];
  }

  set(key: number, item: T): void {
    if (this.count * 2 >= this.items.length) this.grow();
    const at = this.find(key);
    if (this.items[at] === undefined) this.count++;
    this.keys[at] = key;
    this.items[at] = item;
  }

  delete(key: number): boolean {
    let hole = this.find(key);
    if (this.items[hole] === undefined) return false;
    this.count--;
    // What was put further on because of this entry moves back, so that a search never meets a gap.
    for (let at = (hole + 1) & this.mask; this.items[at] !== undefined; at = (at + 1) & this.mask) {
      const home = this.homeOf(this.keys[at]!);
      if (((at - home) & this.mask) < ((at - hole) & this.mask)) continue;
      this.keys[hole] = this.keys[at]!;
      this.items[hole] = this.items[at];
      hole = at;
    }
    this.items[hole] = undefined;
    return true;
  }

  /** A copy: entries may be removed while it is walked through. */
  values(): T[] {
    return this.items.filter((item) => item !== undefined) as T[];
  }

  private homeOf(key: number): number {
    return Math.imul(key, GOLDEN) >>> (32 - this.bits);
  }

  /** Where the key is, or where it would go. */
  private find(key: number): number {
    let at = this.homeOf(key);
    while (this.items[at] !== undefined && this.keys[at] !== key) at = (at + 1) & this.mask;
    return at;
  }

  private grow(): void {
    const { keys, items } = this;
    this.keys = new Float64Array(keys.length * 2);
    this.items = new Array(items.length * 2);
    this.mask = items.length * 2 - 1;
    this.bits++;
    this.count = 0;
    for (let at = 0; at < items.length; at++) if (items[at] !== undefined) this.set(keys[at]!, items[at]!);
  }
}
