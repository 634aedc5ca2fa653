import { messageOf, unreachable } from "../../errors.js";
import type { WorkerPlan } from "../../plan/types.js";
import type { FromWorker, ToWorker, Work } from "../../protocol/messages.js";
import { Fifo } from "../fifo.js";
import type { Billboard } from "./billboard.js";
import { Credits } from "./credits.js";
import { DoneCoupler } from "./done-coupler.js";
import type { Logger } from "./handler.js";
import { JobContext } from "./job-context.js";
import type { JobRunner } from "./runner.js";
import { stackOf, statusOf } from "./thrown.js";
import { eachWork } from "./train-work.js";

export interface CorePorts {
  send(message: FromWorker): void;
  /** What was sent goes out now, before the next job may keep the event loop busy. */
  flush(): void;
  /** The proxy has said goodbye after `retire`. */
  onBye(): void;
}

/** How long jobs are run in a row before the event loop may look at the socket: a recall must not wait longer. */
const SLICE_MS = 1;

/**
 * Results wait for others to leave with them, for as long as a slice of jobs lasts, and at least so long; but no more of
 * them than this part of the jobs that are here or wanted: the proxy must have more work here before those are done.
 */
const LEAVE_MS = 0.25;
const LEAVING_PART = 1 / 2;

/**
 * Where one of so many jobs holds up the event loop, any may: no result waits while it runs. Not more, since a process that
 * does not get the CPU for a while seems to be held up, too.
 */
const WARY_JOBS = 100;

/** A u32 on the wire: 71 minutes. */
const LONGEST_SERVICE_US = 0xffffffff;

/** Runs jobs in the order they came, `concurrency` at a time, and knows nothing of sockets. */
export class WorkerCore {
  done = 0;
  private readonly queue = new Fifo<Work>();
  private running: JobContext[] = [];
  private readonly credits: Credits;
  private readonly dones: DoneCoupler;
  private scheduled = false;
  private leaving = false;
  private pumping = false;
  private sliceEnd = 0;
  private waryUntil = 0;
  /** When a handler returned last, in ms of this process: the next job may start at that time. */
  private returnedAt = 0;

  constructor(
    private readonly plan: WorkerPlan,
    private readonly runner: JobRunner,
    private readonly log: Logger,
    private readonly board: Billboard,
    private readonly ports: CorePorts,
  ) {
    board.onChange = (message) => this.send(message);
    this.credits = new Credits(plan.concurrency);
    this.dones = new DoneCoupler((message) => this.ports.send(message));
  }

  get runningCount(): number {
    return this.running.length;
  }

  /** The link is new: whatever the old one brought is somebody else's now, and what runs is not waited for. */
  hello(): void {
    this.forgetAll();
    if (this.leaving) {
      // The proxy that it took leave of is no more.
      this.ports.onBye();
      return;
    }
    const { stageNumber: stage, name } = this.plan;
    this.send({ type: "hello", stage, name, credits: this.credits.count });
    this.advertise();
  }

  retire(): void {
    this.leaving = true;
    const unstarted = this.queue.toArray().map((work) => work.slot);
    this.queue.clear();
    this.send({ type: "leave", unstarted });
  }

  receive(message: ToWorker): void {
    switch (message.type) {
      case "work":
        this.queue.push(message);
        this.pumpLater();
        break;
      case "works":
        eachWork(message, (work) => this.queue.push(work));
        this.pumpLater();
        break;
      case "recall":
        this.forget(message.slot);
        break;
      case "abort":
        this.abort(message.slot);
        break;
      case "bye":
        this.ports.onBye();
        break;
      case "welcome":
        // Behind a gate, it is how a worker hears that the proxy is a new one.
        this.forgetAll();
        this.advertise();
        break;
      default:
        unreachable(message);
    }
  }

  private advertise(): void {
    if (this.board.message) this.send(this.board.message);
  }

  private send(message: FromWorker): void {
    this.dones.flush();
    this.ports.send(message);
  }

  private forgetAll(): void {
    this.queue.clear();
    this.dones.clear();
    for (const context of this.running) context.abort();
    this.running = [];
  }

  private forget(slot: number): boolean {
    return this.queue.filter((work) => work.slot !== slot) > 0;
  }

  /** Whatever becomes of it, the proxy hears of the slot once more, and so knows what is still in hand here. */
  private abort(slot: number): void {
    if (!this.forget(slot)) this.running.find((context) => context.slot === slot)?.abort();
    else {
      const credits = this.credits.count;
      this.send({ type: "failed", slot, credits, service: 0, message: "aborted", status: 0 });
    }
  }

  /** Not at once: all that has arrived is read first, since a recall may be among it. */
  private pumpLater(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.sliceEnd = performance.now() + SLICE_MS;
      this.pump();
      this.leave();
    });
  }

  private pump(): void {
    this.pumping = true;
    const most = Math.min(this.credits.ahead, this.queue.size) * LEAVING_PART;
    let left = this.done;
    let now = performance.now();
    let leaveAt = now + LEAVE_MS;
    while (this.queue.size > 0 && this.running.length < this.plan.concurrency) {
      if (now >= this.sliceEnd) {
        this.pumpLater();
        break;
      }
      // What has ended before this row of jobs leaves by itself.
      if (this.done > left && (this.done < this.waryUntil || (this.done - left >= most && now >= leaveAt))) {
        this.leave();
        now = performance.now();
        left = this.done;
        leaveAt = now + LEAVE_MS;
      }
      this.start(this.queue.shift()!, now);
      now = this.returnedAt;
    }
    this.pumping = false;
  }

  private leave(): void {
    this.dones.flush();
    this.ports.flush();
  }

  private start(work: Work, startedAt: number): void {
    const context = new JobContext(this.plan, work, this.log, this.board.advertise);
    this.running.push(context);
    try {
      const returned = this.runner.run(work, context);
      if (isPromise(returned)) {
        this.returnedAt = performance.now();
        this.watch(this.returnedAt - startedAt);
        returned.then(
          (value) => this.finish(work, context, startedAt, value),
          (error: unknown) => this.fail(work, context, startedAt, error),
        );
      } else {
        this.finish(work, context, startedAt, returned);
        this.watch(this.returnedAt - startedAt);
      }
    } catch (error) {
      this.fail(work, context, startedAt, error);
    }
  }

  /** @param heldUpMs for so long a handler has let nothing else run */
  private watch(heldUpMs: number): void {
    if (heldUpMs > SLICE_MS) this.waryUntil = this.done + WARY_JOBS;
  }

  private finish(work: Work, context: JobContext, startedAt: number, value: unknown): void {
    try {
      const outputs = this.runner.outputsOf(value);
      const service = this.end(context, startedAt);
      if (service === undefined) return;
      this.dones.add({ type: "done", slot: work.slot, credits: this.credits.count, service, outputs });
    } catch (error) {
      this.fail(work, context, startedAt, error);
      return;
    }
    this.next();
  }

  private fail(work: Work, context: JobContext, startedAt: number, error: unknown): void {
    const service = this.end(context, startedAt);
    if (service !== undefined) {
      const message = messageOf(error);
      const status = statusOf(error);
      this.send({ type: "failed", slot: work.slot, credits: this.credits.count, service, message, status });
      if (status === 0 && !context.aborted) this.log.error(stackOf(error), { request: context.request });
    }
    this.next();
  }

  /** The time in the handler; undefined when the job came over a link that is no more: its slot means another job now. */
  private end(context: JobContext, startedAt: number): number | undefined {
    this.returnedAt = performance.now();
    const ms = this.returnedAt - startedAt;
    this.credits.record(ms);
    this.done++;
    const index = this.running.indexOf(context);
    if (index < 0) return undefined;
    this.running[index] = this.running.at(-1)!;
    this.running.pop();
    return Math.min(Math.round(ms * 1000), LONGEST_SERVICE_US);
  }

  /** After an async job: the next one may start in the same turn, as long as the slice lasts. */
  private next(): void {
    if (this.pumping || this.queue.size === 0 || this.scheduled) return;
    this.pump();
  }
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
