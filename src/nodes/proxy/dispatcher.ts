import type { Load, Train } from "../../protocol/messages.js";
import { jobsOf, sizeOf, splitTrain } from "../load.js";
import { Backlog } from "./backlog.js";
import type { Crew } from "./crew.js";
import { type Entry, entryOf, type Member } from "./custody.js";
import type { Deliveries } from "./deliveries.js";
import type { PoolOptions, PoolPorts } from "./pool-types.js";
import { Recalls } from "./recalls.js";
import type { Records } from "./records.js";
import { Sendings } from "./sendings.js";

/** Gives a pool's queue out to its workers, and drops of it what nobody waits for any more. */
export class Dispatcher {
  private readonly backlog: Backlog;
  private readonly recalls: Recalls;
  private readonly sendings = new Sendings();

  constructor(
    private readonly crew: Crew,
    private readonly deliveries: Deliveries,
    private readonly records: Records,
    private readonly options: PoolOptions,
    private readonly ports: Pick<PoolPorts, "unwanted" | "partlyUnwanted" | "now">,
  ) {
    this.backlog = new Backlog(options.policy);
    this.recalls = new Recalls(crew, deliveries, options.concurrency, () => ports.now());
  }

  /** Jobs that wait. */
  get depth(): number {
    return this.backlog.depth;
  }

  /** Since when the one has waited that has waited longest. */
  oldest(): number | undefined {
    return this.backlog.oldest();
  }

  add(load: Load): void {
    const now = this.ports.now();
    if (load.type === "job") this.sendings.note(load, now);
    const entry = entryOf(load, now);
    const size = sizeOf(load);
    // A lone job passes no queue.
    const member = size === 1 && this.depth === 0 ? this.crew.pick(false) : undefined;
    if (member) {
      this.deliveries.give(entry, member, now);
      return;
    }
    this.backlog.push(entry);
    if (size > 1) this.dispatch();
  }

  /** Gives up all that waits, in order, to be given to others. */
  surrender(): Entry[] {
    return this.backlog.surrender();
  }

  admit(entries: readonly Entry[]): void {
    for (const entry of entries) this.backlog.push(entry);
    this.dispatch();
  }

  /** Of what was given out. */
  putBack(entry: Entry): void {
    this.backlog.unshift(entry);
  }

  dispatch(): void {
    const { backlog, crew } = this;
    if (backlog.hasSuspects) this.dispatchSuspects();
    while (backlog.queuedJobs > 0) {
      const member = crew.pick(backlog.hasSuspects);
      if (!member) return;
      const entry = backlog.shift()!;
      if (this.isStale(entry)) continue;
      if (entry.job.type === "job") this.deliveries.give(entry, member);
      else this.deliverSome(entry, entry.job, member);
    }
    if (this.options.recalls && crew.members.length > 1) this.recalls.serveIdle();
  }

  /** Drops queued jobs that nobody waits for, and tells the workers that run such. */
  sweep(): void {
    this.sendings.forget(this.backlog.oldest());
    const mixed: Entry[] = [];
    this.backlog.filter((entry) => {
      if (this.isStale(entry)) return false;
      const { job } = entry;
      if (job.type === "job" || !this.ports.partlyUnwanted(job)) return true;
      mixed.push(entry);
      return false;
    });
    for (const { job, arrivedAt } of mixed.toReversed()) this.takeApart(job, arrivedAt);
    this.abortUnwanted();
  }

  abortUnwanted(): void {
    for (const delivery of this.deliveries.all()) {
      const { job } = delivery.entry;
      if (job.type === "train" && this.ports.partlyUnwanted(job)) this.deliveries.uncouple(delivery);
    }
    for (const delivery of this.deliveries.all()) {
      // A train that has become late since: next time.
      if (delivery.entry.job.type === "train") continue;
      if (delivery.cancelled || delivery.recalled || !this.ports.unwanted(delivery.entry.job)) continue;
      this.drop(delivery.entry);
    }
    this.dispatch();
  }

  /** As much of a train as the worker is to have before the next worker is picked; the rest goes back. */
  private deliverSome(entry: Entry, train: Train, member: Member): void {
    if (!this.sendings.none || this.ports.partlyUnwanted(train)) {
      this.takeApart(train, entry.arrivedAt);
      return;
    }
    const waiting = this.backlog.queuedJobs + sizeOf(train);
    const share = this.crew.shareOf(member, waiting, this.backlog.hasSuspects);
    if (share >= sizeOf(train)) {
      this.deliveries.give(entry, member);
      return;
    }
    const [now, later] = splitTrain(train, share);
    this.deliveries.give(entryOf(now, entry.arrivedAt), member);
    this.backlog.unshift(entryOf(later, entry.arrivedAt));
  }

  /** Its jobs go back to the queue one by one, those that somebody waits for. */
  private takeApart(train: Load, arrivedAt: number): void {
    for (const job of jobsOf(train).toReversed()) {
      const entry = entryOf(job, arrivedAt);
      if (!this.isStale(entry)) this.backlog.unshift(entry);
    }
  }

  /** Each alone with a worker that has nothing else. */
  private dispatchSuspects(): void {
    for (const member of this.crew.members) {
      if (member.leaving || member.held.size > 0 || this.crew.windowOf(member) === 0) continue;
      let entry = this.backlog.shiftSuspect();
      while (entry && this.isStale(entry)) entry = this.backlog.shiftSuspect();
      if (!entry) return;
      this.deliveries.give(entry, member);
    }
  }

  /** It was taken from the queue, but there is nothing left to do for it. */
  private isStale(entry: Entry): boolean {
    if (entry.settled) return true;
    if (!this.sendings.isOld(entry.job) && !this.ports.unwanted(entry.job)) return false;
    this.drop(entry);
    return true;
  }

  /** Nobody waits for it. */
  private drop(entry: Entry): void {
    this.records.dropped(entry);
    this.deliveries.callOff(entry);
  }
}
