import TinyQueue from "tinyqueue";
import type { JobQueue, Queued } from "./types.js";

interface Ranked<T> {
  readonly item: T;
  readonly deadline: number;
  /** Breaks ties: the order of arrival; below all others for what is taken back. */
  readonly order: number;
}

/** `earliest-deadline`: the most urgent first (earliest deadline first, EDF); jobs without a deadline come last. */
export class DeadlineQueue<T extends Queued> implements JobQueue<T> {
  private heap = new TinyQueue<Ranked<T>>([], compare);
  private arrivals = 0;
  private returns = 0;

  get size(): number {
    return this.heap.length;
  }

  push(item: T): void {
    this.heap.push({ item, deadline: item.job.deadline, order: ++this.arrivals });
  }

  unshift(item: T): void {
    this.heap.push({ item, deadline: item.job.deadline, order: --this.returns });
  }

  shift(): T | undefined {
    return this.heap.pop()?.item;
  }

  filter(keep: (item: T) => boolean): number {
    const before = this.size;
    this.heap = new TinyQueue(
      this.heap.data.filter(({ item }) => keep(item)),
      compare,
    );
    return before - this.size;
  }

  oldest(): number | undefined {
    let oldest: number | undefined;
    for (const { item } of this.heap.data) {
      if (oldest === undefined || item.arrivedAt < oldest) oldest = item.arrivedAt;
    }
    return oldest;
  }
}

function compare<T>(a: Ranked<T>, b: Ranked<T>): number {
  if (a.deadline === b.deadline) return a.order - b.order;
  return a.deadline < b.deadline ? -1 : 1;
}
