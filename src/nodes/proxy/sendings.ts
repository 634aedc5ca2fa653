import type { Job, Load } from "../../protocol/messages.js";

/** The last sending of jobs that their owner has sent more than once: earlier copies that still wait are of no use. */
export class Sendings {
  private readonly latest = new Map<string, number>();
  private lastAt = 0;

  /** None of what waits is an earlier copy. */
  get none(): boolean {
    return this.latest.size === 0;
  }

  note(job: Job, now: number): void {
    if (job.attempt === 1) return;
    this.latest.set(keyOf(job), job.attempt);
    this.lastAt = now;
  }

  isOld(load: Load): boolean {
    return this.latest.size > 0 && load.type === "job" && (this.latest.get(keyOf(load)) ?? 0) > load.attempt;
  }

  /** @param oldest since when the one has waited that has waited longest; undefined: nothing waits */
  forget(oldest: number | undefined): void {
    // No copy from before the last sending waits any more.
    if (oldest === undefined || oldest > this.lastAt) this.latest.clear();
  }
}

/** Names what a job is a part of, whichever sending of it. */
function keyOf({ session, seq, partHigh, partLow }: Job): string {
  return `${session} ${seq} ${partHigh} ${partLow}`;
}
