import type { Load } from "../../../protocol/messages.js";

/** What waits: a job or a train, with the time at which it began to wait. */
export interface Queued {
  readonly job: Load;
  readonly arrivedAt: number;
}

/** The order in which the jobs of a pool are given out. Jobs that are equal in its eyes leave as they came. */
export interface JobQueue<T extends Queued> {
  /** Items. */
  readonly size: number;
  push(item: T): void;
  /** Takes back what was given out: it comes before its equals. */
  unshift(item: T): void;
  shift(): T | undefined;
  /** Keeps what passes, in order; returns how many did not. */
  filter(keep: (item: T) => boolean): number;
  /** Since when the one has waited that has waited longest; undefined when it is empty. */
  oldest(): number | undefined;
}
