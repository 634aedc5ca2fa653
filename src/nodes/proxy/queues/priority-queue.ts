import type { Load } from "../../../protocol/messages.js";
import { DeepQueue } from "./deep-queue.js";
import { oldestOf } from "./oldest.js";
import type { JobQueue, Queued } from "./types.js";

const LEVELS = 256;

/** `priority`: the larger number first; among equals, first come, first served. */
export class PriorityQueue<T extends Queued> implements JobQueue<T> {
  private readonly levels: (DeepQueue<T> | undefined)[] = new Array(LEVELS);
  private count = 0;
  /** No level above it holds anything. */
  private top = 0;

  constructor(private readonly make: (job: Load, arrivedAt: number) => T) {}

  get size(): number {
    return this.count;
  }

  push(item: T): void {
    this.levelOf(item).push(item);
  }

  unshift(item: T): void {
    this.levelOf(item).unshift(item);
  }

  shift(): T | undefined {
    for (; this.top >= 0; this.top--) {
      const item = this.levels[this.top]?.shift();
      if (item === undefined) continue;
      this.count--;
      return item;
    }
    this.top = 0;
    return undefined;
  }

  filter(keep: (item: T) => boolean): number {
    let dropped = 0;
    for (const level of this.levels) dropped += level?.filter(keep) ?? 0;
    this.count -= dropped;
    return dropped;
  }

  oldest(): number | undefined {
    return oldestOf(this.levels);
  }

  private levelOf({ job: { priority } }: T): DeepQueue<T> {
    this.count++;
    this.top = Math.max(this.top, priority);
    this.levels[priority] ??= new DeepQueue(this.make);
    return this.levels[priority]!;
  }
}
