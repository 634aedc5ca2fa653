/** One job of that length hides the round trip to the proxy: a worker with such jobs wants one ahead. */
const SLOW_MS = 0.25;

/**
 * Quicker ones hide by the hundred what is longer than a round trip: that the others have to wait for a processor, too. As
 * many as it does in this time.
 */
const AHEAD_MS = 4;
const MOST_AHEAD = 2048;
/** Weight of the newest service time in the running mean. */
const NEWEST = 0.2;

/**
 * Sizes a worker's credits by its measured service time: hundreds of jobs ahead when a job takes microseconds; when it
 * takes longer than the round trip, one ahead for each that runs, since all of them may end at the same time.
 */
export class Credits {
  private meanMs: number;

  constructor(private readonly concurrency: number) {
    // Taken for slow until it is measured.
    this.meanMs = concurrency * AHEAD_MS;
  }

  /** @param ms how long one job was in the handler */
  record(ms: number): void {
    this.meanMs += (ms - this.meanMs) * NEWEST;
  }

  /** Jobs that the worker has in hand at the most. */
  get count(): number {
    return Math.min(this.concurrency + this.ahead, 0xffff);
  }

  /** Those of them that wait. */
  get ahead(): number {
    const { concurrency } = this;
    const meanMs = this.meanMs / concurrency;
    if (meanMs > SLOW_MS) return concurrency;
    return Math.max(Math.min(Math.round(AHEAD_MS / Math.max(meanMs, 0.001)), MOST_AHEAD), concurrency);
  }
}
