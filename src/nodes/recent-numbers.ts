/**
 * Remembers the numbers that were added last. Each has one place, by its low bits: of numbers that count up, that is the
 * last `size` of them, and any other may be forgotten sooner. Neither asking nor adding ever takes longer.
 */
export class RecentNumbers {
  private readonly places: Float64Array;
  private readonly mask: number;

  /** @param size a power of two */
  constructor(size: number) {
    this.places = new Float64Array(size).fill(-1);
    this.mask = size - 1;
  }

  has(number: number): boolean {
    return this.places[number & this.mask] === number;
  }

  add(number: number): void {
    this.places[number & this.mask] = number;
  }
}
