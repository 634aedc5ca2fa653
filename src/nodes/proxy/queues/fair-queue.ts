import type { Load } from "../../../protocol/messages.js";
import { Fifo } from "../../fifo.js";
import { NumberMap } from "../../number-map.js";
import { DeepQueue } from "./deep-queue.js";
import { oldestOf } from "./oldest.js";
import type { JobQueue, Queued } from "./types.js";

/** `fair`: one of each lane in turn (round robin), however many wait in it; within a lane, first come, first served. */
export class FairQueue<T extends Queued> implements JobQueue<T> {
  private readonly lanes = new NumberMap<DeepQueue<T>>();
  /** The lanes that hold something, the next one to serve first. */
  private readonly turns = new Fifo<number>();
  private count = 0;

  constructor(private readonly make: (job: Load, arrivedAt: number) => T) {}

  get size(): number {
    return this.count;
  }

  push(item: T): void {
    this.add(item, false);
  }

  unshift(item: T): void {
    this.add(item, true);
  }

  shift(): T | undefined {
    const lane = this.turns.shift();
    if (lane === undefined) return undefined;
    const queue = this.lanes.get(lane)!;
    const item = queue.shift();
    this.count--;
    if (queue.size > 0) this.turns.push(lane);
    else this.lanes.delete(lane);
    return item;
  }

  filter(keep: (item: T) => boolean): number {
    let dropped = 0;
    this.turns.filter((lane) => {
      const queue = this.lanes.get(lane)!;
      dropped += queue.filter(keep);
      if (queue.size === 0) this.lanes.delete(lane);
      return queue.size > 0;
    });
    this.count -= dropped;
    return dropped;
  }

  oldest(): number | undefined {
    return oldestOf(this.lanes.values());
  }

  private add(item: T, back: boolean): void {
    const { lane } = item.job;
    this.count++;
    let queue = this.lanes.get(lane);
    if (!queue) {
      queue = new DeepQueue(this.make);
      this.lanes.set(lane, queue);
      if (back) this.turns.unshift(lane);
      else this.turns.push(lane);
    }
    if (back) queue.unshift(item);
    else queue.push(item);
  }
}
