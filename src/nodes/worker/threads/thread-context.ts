import type { WorkerPlan } from "../../../plan/types.js";
import type { Work } from "../../../protocol/messages.js";
import type { Logger } from "../handler.js";
import { JobContext } from "../job-context.js";

/** Threads share no memory: what one of them has at hand is of no use to jobs that another may get. */
export const unheard = () => {};

/**
 * The context of a job in a thread. A handler that computes hears no message that its job is not wanted any more, so
 * whoever looks at its signal looks into shared memory.
 */
export class ThreadContext extends JobContext {
  private watched: AbortSignal | undefined;

  constructor(
    plan: WorkerPlan,
    work: Work,
    log: Logger,
    private readonly unwanted: Int32Array,
  ) {
    super(plan, work, log, unheard);
  }

  override get signal(): AbortSignal {
    this.look();
    this.watched ??= this.watch(super.signal);
    return this.watched;
  }

  private watch(signal: AbortSignal): AbortSignal {
    return Object.defineProperties(signal, {
      aborted: { get: () => this.look() },
      throwIfAborted: {
        value: () => {
          if (this.look()) throw signal.reason;
        },
      },
    });
  }

  private look(): boolean {
    if (!this.aborted && Atomics.load(this.unwanted, 0) === 1) this.abort();
    return this.aborted;
  }
}
