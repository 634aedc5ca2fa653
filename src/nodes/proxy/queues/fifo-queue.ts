import { Fifo } from "../../fifo.js";
import type { JobQueue, Queued } from "./types.js";

/** `fifo`: first come, first served. */
export class FifoQueue<T extends Queued> extends Fifo<T> implements JobQueue<T> {
  /** What is taken back goes to the front and has waited longest: the front is always the oldest. */
  oldest(): number | undefined {
    return this.peek()?.arrivedAt;
  }
}
