const SMALLEST = 1024;

/** Which of a source's jobs are done: all before a floor that rises, and some beyond it. */
export class Done {
  private flags = new Uint8Array(SMALLEST);

  /** @param floor every job before it is done */
  constructor(public floor = 0) {}

  add(index: number): void {
    if (index < this.floor) return;
    if (index - this.floor >= this.flags.length) this.grow(index - this.floor + 1);
    this.flags[index & (this.flags.length - 1)] = 1;
    while (this.flags[this.floor & (this.flags.length - 1)] === 1) {
      this.flags[this.floor & (this.flags.length - 1)] = 0;
      this.floor++;
    }
  }

  has(index: number): boolean {
    if (index < this.floor) return true;
    return index - this.floor < this.flags.length && this.flags[index & (this.flags.length - 1)] === 1;
  }

  /** What is done beyond the floor, as [first, last] pairs. */
  ranges(): [number, number][] {
    const ranges: [number, number][] = [];
    for (let index = this.floor; index < this.floor + this.flags.length; index++) {
      if (!this.has(index)) continue;
      const last = ranges.at(-1);
      if (last?.[1] === index - 1) last[1] = index;
      else ranges.push([index, index]);
    }
    return ranges;
  }

  private grow(needed: number): void {
    let size = this.flags.length;
    while (size < needed) size *= 2;
    const flags = new Uint8Array(size);
    for (let index = this.floor; index < this.floor + this.flags.length; index++) {
      if (this.has(index)) flags[index & (size - 1)] = 1;
    }
    this.flags = flags;
  }
}
