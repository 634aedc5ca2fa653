import type { Trace } from "../control/trace.js";

const WINDOW_MS = 60_000;

/** As many as owners tell of: then none that is among so many of the window is ever missed. */
const MOST = 10;

interface Kept {
  readonly trace: Trace;
  readonly latencyMs: number;
  readonly at: number;
}

/** The slowest requests of the last minute. All times in ms of one clock, whichever. */
export class SlowTraces {
  /** In the order in which they came; of those that have so many slower ones behind them, none. */
  #kept: readonly Kept[] = [];

  add(traces: readonly Trace[], at: number): void {
    const fresh = traces.map((trace) => ({ trace, latencyMs: trace.latencyMs ?? 0, at }));
    // A later one outlives an earlier one: that is of use only while less than MOST later ones are slower.
    const all = [...this.#within(at), ...fresh];
    this.#kept = all.filter(({ latencyMs }, index) => {
      let slower = 0;
      for (let later = index + 1; later < all.length; later++) if (all[later]!.latencyMs > latencyMs) slower++;
      return slower < MOST;
    });
  }

  get(request: string): Trace | undefined {
    return this.#kept.find(({ trace }) => trace.request === request)?.trace;
  }

  slowest(count: number, now: number): readonly Trace[] {
    return [...this.#within(now)]
      .sort((a, b) => b.latencyMs - a.latencyMs)
      .slice(0, Math.min(count, MOST))
      .map(({ trace }) => trace);
  }

  #within(now: number): readonly Kept[] {
    return this.#kept.filter(({ at }) => now - at < WINDOW_MS);
  }
}
