import type { Job } from "../../../protocol/messages.js";

/** What waits: a job, with the time at which it began to wait. */
export interface Queued {
  readonly job: Job;
  readonly arrivedAt: number;
}

/** The order in which the jobs of a pool are given out. Jobs that are equal in its eyes leave as they came. */
export interface JobQueue<T extends Queued> {
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
