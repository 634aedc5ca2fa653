import type { Crew } from "./crew.js";
import type { Member } from "./custody.js";
import type { Deliveries } from "./deliveries.js";

/** Takes back, for workers that are idle, what lies unstarted with others that make no progress. */
export class Recalls {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly crew: Crew,
    private readonly deliveries: Deliveries,
    private readonly concurrency: number,
    private readonly now: () => number,
  ) {}

  /** An idle worker takes half of what lies with the one that has most. */
  serveIdle(): void {
    for (let idle = this.crew.idle(); idle; idle = this.crew.idle()) {
      const { member, againInMs } = this.crew.hoarder(this.now());
      if (!member || this.recall(member, idle) === 0) {
        this.serveLater(againInMs);
        return;
      }
    }
  }

  private serveLater(ms: number): void {
    if (this.timer || ms === Number.POSITIVE_INFINITY) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.serveIdle();
    }, ms + 1);
  }

  private recall(from: Member, to: Member): number {
    this.deliveries.uncoupleAll(from);
    const unstarted = from.held
      .toArray()
      .slice(this.concurrency)
      .filter((delivery) => !delivery.cancelled);
    const count = Math.min(Math.ceil(unstarted.length / 2), this.crew.windowOf(to));
    for (const delivery of unstarted.slice(unstarted.length - count)) {
      this.deliveries.give(this.deliveries.recall(delivery), to);
    }
    return count;
  }
}
