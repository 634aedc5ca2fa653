import type { Policy } from "../../../topology/types.js";
import { DeadlineQueue } from "./deadline-queue.js";
import { FairQueue } from "./fair-queue.js";
import { FifoQueue } from "./fifo-queue.js";
import { PriorityQueue } from "./priority-queue.js";
import type { JobQueue, Queued } from "./types.js";

export function makeQueue<T extends Queued>(policy: Policy): JobQueue<T> {
  switch (policy) {
    case "fifo":
      return new FifoQueue();
    case "priority":
      return new PriorityQueue();
    case "fair":
      return new FairQueue();
    case "earliest-deadline":
      return new DeadlineQueue();
  }
}
