import library from "hdr-histogram-js/dist/Float64Histogram.js";
import { decompress, doDecode } from "hdr-histogram-js/dist/JsHistogram.encoding.js";
import type { TimesSummary } from "./snapshot.js";
import type { Times } from "./times.js";

/** Longer times count as this long: an hour. */
const LONGEST_US = 3_600_000_000;
const DIGITS = 2;
const COUNT_BITS = 64;

/**
 * The library finds a value's place with log2 and pow, 0.17 µs a value. Below 2^32 the same place comes out of shifts, in
 * 0.01 µs. (Its main module would load WebAssembly in every process of a run; what is imported here is plain JavaScript.)
 */
class Counts extends library.default {
  constructor() {
    super(1, LONGEST_US, DIGITS);
  }

  /** With two digits a power of two has 128 places; below 256 each value has its own. */
  override countsArrayIndex(value: number): number {
    const bucket = Math.max(24 - Math.clz32(value), 0);
    return (bucket << 7) + (value >>> bucket);
  }
}

export const NO_TIMES: Times = { count: 0, sumUs: 0, hdr: "" };

/** How often something took how long, in microseconds, to two digits. */
export class TimeHistogram {
  private readonly counts = new Counts();
  private sumUs = 0;

  /** What was told by `times`. */
  static from({ sumUs, hdr }: Times): TimeHistogram {
    const histogram = new TimeHistogram();
    if (hdr === "") return histogram;
    histogram.sumUs = sumUs;
    histogram.counts.add(doDecode(decompress(Buffer.from(hdr, "base64")), COUNT_BITS));
    return histogram;
  }

  get count(): number {
    return this.counts.totalCount;
  }

  /** @param times how often it took that long */
  record(us: number, times = 1): void {
    const value = us > LONGEST_US ? LONGEST_US : us > 0 ? Math.round(us) : 0;
    this.sumUs += value * times;
    this.counts.recordValueWithCount(value, times);
  }

  add(other: TimeHistogram): void {
    this.counts.add(other.counts);
    this.sumUs += other.sumUs;
  }

  /** Takes away what was recorded earlier: `other` is a former state of this one. */
  subtract(other: TimeHistogram): void {
    this.counts.subtract(other.counts);
    this.sumUs -= other.sumUs;
  }

  times(): Times {
    if (this.count === 0) return NO_TIMES;
    return { count: this.count, sumUs: this.sumUs, hdr: this.counts.encodeIntoCompressedBase64() };
  }

  /** How many took so long or less, for each of some ascending bounds, to the two digits that are kept. */
  countsUpTo(boundsUs: readonly number[]): readonly number[] {
    let index = 0;
    let sum = 0;
    return boundsUs.map((bound) => {
      for (const last = this.counts.countsArrayIndex(Math.min(bound, LONGEST_US)); index <= last; index++) {
        sum += this.counts.getCountAtIndex(index);
      }
      return sum;
    });
  }

  meanMs(): number {
    return this.count === 0 ? 0 : toMs(this.sumUs / this.count);
  }

  percentileMs(percentile: number): number {
    return this.count === 0 ? 0 : toMs(Math.min(this.counts.getValueAtPercentile(percentile), this.counts.maxValue));
  }

  maxMs(): number {
    return toMs(this.counts.maxValue);
  }

  summary(): TimesSummary {
    return {
      count: this.count,
      meanMs: this.meanMs(),
      p50Ms: this.percentileMs(50),
      p90Ms: this.percentileMs(90),
      p99Ms: this.percentileMs(99),
      maxMs: this.maxMs(),
    };
  }
}

/** To the microsecond. */
function toMs(us: number): number {
  return Math.round(us) / 1000;
}
