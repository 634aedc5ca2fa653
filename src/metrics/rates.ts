/** Counters by name at one moment; `at` is a monotonic time in ms. */
export interface CounterSample {
  readonly at: number;
  readonly counters: ReadonlyMap<string, number>;
}

/** A rate over less time than this says more about the clock than about the run. */
const SHORTEST_WINDOW_MS = 500;
const LONGEST_WINDOW_MS = 5_000;

/** Remembers recent samples, so that a rate can be told at once when somebody asks. */
export class Rates {
  #samples: readonly CounterSample[] = [];

  record(sample: CounterSample): void {
    const recent = this.#samples.filter((earlier) => sample.at - earlier.at <= LONGEST_WINDOW_MS);
    this.#samples = [...recent, sample];
  }

  /** Growth of a counter by second, up to `now`; 0 while there is nothing to compare with. */
  perSecond(name: string, now: CounterSample): number {
    const before = this.#baseline(now.at);
    if (before === undefined) return 0;
    return perSecond(before.counters.get(name) ?? 0, now.counters.get(name) ?? 0, now.at - before.at);
  }

  /** The same over all that is remembered: for what grows in lumps. */
  meanPerSecond(name: string, now: CounterSample): number {
    const before = this.#samples[0];
    if (before === undefined || now.at - before.at < SHORTEST_WINDOW_MS) return 0;
    return perSecond(before.counters.get(name) ?? 0, now.counters.get(name) ?? 0, now.at - before.at);
  }

  #baseline(at: number): CounterSample | undefined {
    return this.#samples.findLast((sample) => at - sample.at >= SHORTEST_WINDOW_MS);
  }
}

/** A counter that fell belongs to a process that was started again: all it counts is new. */
export function perSecond(before: number, after: number, elapsedMs: number): number {
  if (elapsedMs <= 0) return 0;
  const grown = after >= before ? after - before : after;
  return (grown * 1000) / elapsedMs;
}
