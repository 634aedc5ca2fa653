import { NumberMap } from "./number-map.js";

/** The last so many different numbers that were added. */
export class RecentNumbers {
  private readonly known = new NumberMap<true>();
  private readonly ring: Float64Array;
  private next = 0;

  constructor(size: number) {
    this.ring = new Float64Array(size).fill(-1);
  }

  has(number: number): boolean {
    return this.known.get(number) === true;
  }

  add(number: number): void {
    this.known.delete(this.ring[this.next]!);
    this.ring[this.next] = number;
    this.next = (this.next + 1) % this.ring.length;
    this.known.set(number, true);
  }
}
