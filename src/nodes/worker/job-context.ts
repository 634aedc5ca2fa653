import type { WorkerPlan } from "../../plan/types.js";
import { requestName, type Work } from "../../protocol/messages.js";
import type { Advertise, Context, Logger } from "./handler.js";

/** The context of one job. The signal is made only for handlers that ask for it: most never do. */
export class JobContext implements Context {
  /** Whoever does the job elsewhere hears of its end here. */
  onAbort: (() => void) | undefined;
  private controller: AbortController | undefined;
  private isAborted = false;

  constructor(
    private readonly plan: WorkerPlan,
    private readonly work: Work,
    readonly log: Logger,
    readonly advertise: Advertise,
  ) {}

  get slot(): number {
    return this.work.slot;
  }

  get topology(): string {
    return this.plan.topology;
  }

  get stage(): string {
    return this.plan.stage;
  }

  get worker(): string {
    return this.plan.name;
  }

  get request(): string {
    return requestName(this.work.session, this.work.seq);
  }

  get attempt(): number {
    return this.work.attempt;
  }

  get hops(): number {
    return this.work.hops;
  }

  get deadline(): number {
    return this.work.deadline;
  }

  get traceparent(): string {
    return this.work.trace;
  }

  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.isAborted) this.controller.abort();
    }
    return this.controller.signal;
  }

  get aborted(): boolean {
    return this.isAborted;
  }

  abort(): void {
    this.isAborted = true;
    this.controller?.abort();
    this.onAbort?.();
  }
}
