import type { Policy } from "../../topology/types.js";
import { sizeOf } from "../load.js";
import { type Entry, entryOf } from "./custody.js";
import { FifoQueue } from "./queues/fifo-queue.js";
import { makeQueue } from "./queues/index.js";
import { oldestOf } from "./queues/oldest.js";
import type { JobQueue } from "./queues/types.js";

/** What of a pool waits: in the order of its policy, and apart from it the suspects, which run alone. */
export class Backlog {
  private readonly queue: JobQueue<Entry>;
  private readonly suspects = new FifoQueue<Entry>();
  private queued = 0;

  constructor(policy: Policy) {
    this.queue = makeQueue(policy, entryOf);
  }

  /** Jobs that wait. */
  get depth(): number {
    return this.queued + this.suspects.size;
  }

  /** Jobs that wait and are no suspects. */
  get queuedJobs(): number {
    return this.queued;
  }

  get hasSuspects(): boolean {
    return this.suspects.size > 0;
  }

  push(entry: Entry): void {
    if (entry.suspect) this.suspects.push(entry);
    else {
      this.queue.push(entry);
      this.queued += sizeOf(entry.job);
    }
  }

  /** Takes back what was given out. */
  unshift(entry: Entry): void {
    if (entry.suspect) this.suspects.unshift(entry);
    else {
      this.queue.unshift(entry);
      this.queued += sizeOf(entry.job);
    }
  }

  shift(): Entry | undefined {
    const entry = this.queue.shift();
    if (entry) this.queued -= sizeOf(entry.job);
    return entry;
  }

  shiftSuspect(): Entry | undefined {
    return this.suspects.shift();
  }

  filter(keep: (entry: Entry) => boolean): void {
    this.queue.filter((entry) => {
      if (keep(entry)) return true;
      this.queued -= sizeOf(entry.job);
      return false;
    });
    this.suspects.filter(keep);
  }

  /** Gives up all that waits, in order. */
  surrender(): Entry[] {
    const entries: Entry[] = [];
    for (let entry = this.shiftSuspect(); entry; entry = this.shiftSuspect()) entries.push(entry);
    for (let entry = this.shift(); entry; entry = this.shift()) entries.push(entry);
    return entries;
  }

  /** Since when the one has waited that has waited longest. */
  oldest(): number | undefined {
    return oldestOf([this.suspects, this.queue]);
  }
}
