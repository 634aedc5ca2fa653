const SMALLEST = 4096;

/** Sources stay within a million: whoever claims more must not have memory for it. */
const LARGEST = 2 ** 22;

/** Of the whole of a request. */
export const RootState = { none: 0, underWay: 1, settled: 2 } as const;
export type RootState = (typeof RootState)[keyof typeof RootState];

/** What has become of requests, a byte for each from a floor on that rises: a ring that doubles when it is too small, up to a limit. */
export class RootStates {
  private states = new Uint8Array(SMALLEST);

  constructor(private floor: number) {}

  get(seq: number): RootState {
    const ahead = (seq - this.floor) >>> 0;
    return ahead < this.states.length ? (this.states[seq & (this.states.length - 1)]! as RootState) : RootState.none;
  }

  /** Changes all of so many, from `seq` on, if each of them is as expected; otherwise, or too far ahead, none, and gives false. */
  change(seq: number, count: number, from: RootState, to: RootState): boolean {
    const needed = ((seq - this.floor) >>> 0) + count;
    if (needed > this.states.length) {
      if (from !== RootState.none || needed > LARGEST) return false;
      this.grow(needed);
    }
    const { states } = this;
    const mask = states.length - 1;
    for (let i = 0; i < count; i++) if (states[(seq + i) & mask] !== from) return false;
    for (let i = 0; i < count; i++) states[(seq + i) & mask] = to;
    return true;
  }

  /** Forgets all before the new floor, which lies ahead of the old one. */
  raise(floor: number): void {
    const { states } = this;
    const steps = (floor - this.floor) >>> 0;
    if (steps >= states.length) states.fill(RootState.none);
    else for (let i = 0; i < steps; i++) states[(this.floor + i) & (states.length - 1)] = RootState.none;
    this.floor = floor;
  }

  private grow(needed: number): void {
    let size = this.states.length;
    while (size < needed) size *= 2;
    const states = new Uint8Array(size);
    for (let i = 0; i < this.states.length; i++) {
      const seq = (this.floor + i) >>> 0;
      states[seq & (size - 1)] = this.get(seq);
    }
    this.states = states;
  }
}
