/** Work that a worker wants waiting with it, to hide the round trip to its proxy, in ms of its own service time. */
const AHEAD_MS = 1;
const MOST_AHEAD = 512;
/** Weight of the newest service time in the running mean. */
const NEWEST = 0.2;

/**
 * Sizes a worker's credits by its measured service time: hundreds of jobs ahead when a job takes microseconds; when it
 * takes longer than the round trip, one ahead for each that runs, since all of them may end at the same time.
 */
export class Credits {
  private meanMs: number;

  constructor(private readonly concurrency: number) {
    // Taken for slow until it is measured: one job ahead.
    this.meanMs = concurrency * AHEAD_MS;
  }

  /** @param ms how long one job was in the handler */
  record(ms: number): void {
    this.meanMs += (ms - this.meanMs) * NEWEST;
  }

  get count(): number {
    const { concurrency } = this;
    const ahead = Math.min(Math.round((concurrency * AHEAD_MS) / Math.max(this.meanMs, 0.001)), MOST_AHEAD);
    return Math.min(concurrency + Math.max(ahead, concurrency), 0xffff);
  }
}
