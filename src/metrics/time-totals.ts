import type { TimesSnapshot } from "./snapshot.js";
import { NO_TIMES, TimeHistogram } from "./time-histogram.js";
import type { Times } from "./times.js";

/** How far back the recent times go. */
const WINDOW_MS = 5_000;

interface Known {
  readonly life: number;
  /** By the present life. */
  readonly told: Times;
  /** Of all former lives. */
  readonly before: TimeHistogram | undefined;
  readonly total: Times;
}

/** Adds up times that start again from none whenever the process that keeps them is started again, as Totals does counters. */
export class TimeTotals {
  readonly #known = new Map<string, Known>();
  /** What the totals were at some moments of the last few seconds, the oldest first. */
  #past: readonly { readonly at: number; readonly totals: ReadonlyMap<string, Times> }[] = [];

  observe(name: string, life: number, told: Times): void {
    const last = this.#known.get(name);
    // Most of what is observed has not changed since it was last looked at.
    if (last?.life === life && last.told === told) return;
    const before = last === undefined || last.life === life ? last?.before : sumOf(last.before, last.told);
    this.#known.set(name, { life, told, before, total: before === undefined ? told : sumOf(before, told).times() });
  }

  /** Remembers the totals of this moment. */
  mark(at: number): void {
    const totals = new Map([...this.#known].map(([name, { total }]) => [name, total]));
    this.#past = [...this.#past.filter((moment) => at - moment.at < WINDOW_MS), { at, totals }];
  }

  snapshot(name: string): TimesSnapshot {
    const total = this.#known.get(name)?.total ?? NO_TIMES;
    const { count, sumUs, hdr } = total;
    return { ...this.#recent(name, total).summary(), total: { count, sumMs: sumUs / 1000, hdr } };
  }

  #recent(name: string, total: Times): TimeHistogram {
    const before = this.#past[0]?.totals.get(name) ?? NO_TIMES;
    if (before.count === total.count) return new TimeHistogram();
    const recent = TimeHistogram.from(total);
    if (before.count > 0) recent.subtract(TimeHistogram.from(before));
    return recent;
  }
}

function sumOf(before: TimeHistogram | undefined, told: Times): TimeHistogram {
  const sum = TimeHistogram.from(told);
  if (before !== undefined) sum.add(before);
  return sum;
}
