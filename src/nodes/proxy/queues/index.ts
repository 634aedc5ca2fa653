import type { Load } from "../../../protocol/messages.js";
import type { Policy } from "../../../topology/types.js";
import { DeadlineQueue } from "./deadline-queue.js";
import { DeepQueue } from "./deep-queue.js";
import { FairQueue } from "./fair-queue.js";
import { PriorityQueue } from "./priority-queue.js";
import type { JobQueue, Queued } from "./types.js";

/** @param make an item of its job: queues may keep jobs as bytes until their turn comes */
export function makeQueue<T extends Queued>(policy: Policy, make: (job: Load, arrivedAt: number) => T): JobQueue<T> {
  switch (policy) {
    case "fifo":
      return new DeepQueue(make);
    case "priority":
      return new PriorityQueue(make);
    case "fair":
      return new FairQueue(make);
    case "earliest-deadline":
      return new DeadlineQueue();
  }
}
