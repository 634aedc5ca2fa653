import type { StageStats } from "../../plan/child.js";
import type { RequestKey, TracedHop } from "../../plan/trace.js";
import type { Dones, FromWorker, Job, Load, Output, ToWorker, Train } from "../../protocol/messages.js";
import type { Link } from "../../transport/types.js";
import type { HopLog } from "../hop-log.js";
import { jobsOf, sizeOf, splitTrain } from "../load.js";
import { Backlog } from "./backlog.js";
import { Crew, isQuick } from "./crew.js";
import { type Delivery, type Entry, entryOf, jobOf, type Member, runningHop } from "./custody.js";
import { Deliveries } from "./deliveries.js";
import type { PoolOptions, PoolPorts, StagePool } from "./pool-types.js";
import { Recalls } from "./recalls.js";
import { Records } from "./records.js";
import { refuse } from "./refuse.js";
import { Tally } from "./tally.js";

/**
 * One stage's queue and its workers: gives jobs out against the workers' credits, keeps each until it is settled, and
 * gives it out again when its worker dies, retires, or sits on it while another is idle.
 */
export class Pool implements StagePool {
  private readonly backlog: Backlog;
  private readonly crew: Crew;
  private readonly deliveries = new Deliveries();
  private readonly recalls: Recalls;
  private readonly records: Records;
  /** The last sending of jobs that were sent more than once: earlier copies that still wait are of no use. */
  private readonly latest = new Map<string, number>();
  private sentAgainAt = 0;

  constructor(
    private readonly options: PoolOptions,
    private readonly ports: PoolPorts,
    private readonly log: HopLog,
    private readonly tally = new Tally(),
  ) {
    this.backlog = new Backlog(options.policy);
    this.crew = new Crew(options);
    this.records = new Records(tally, log, () => ports.now());
    this.recalls = new Recalls(this.crew, this.deliveries, options.concurrency, {
      deliver: (entry, to) => this.deliver(entry, to),
      now: () => ports.now(),
    });
  }

  add(load: Load): void {
    if (load.type === "train" && this.mustTellApart(load)) {
      for (const job of jobsOf(load)) this.add(job);
      return;
    }
    // What is sent again was admitted before, and its first copy may be in this very queue.
    if (load.type === "job" && load.attempt === 1 && !this.hasRoom(1)) {
      const { ports, log, tally } = this;
      refuse(
        load,
        { message: `its queue is full: ${this.options.maxQueued} jobs`, status: 503 },
        { ports, log, tally },
      );
      return;
    }
    const size = sizeOf(load);
    this.tally.received += size;
    if (load.type === "job" && load.attempt > 1) {
      this.latest.set(keyOf(load), load.attempt);
      this.sentAgainAt = this.ports.now();
    }
    const entry = entryOf(load, this.ports.now());
    // A lone job passes no queue.
    const member = size === 1 && this.depth === 0 ? this.crew.pick(false) : undefined;
    if (member) {
      this.deliver(entry, member, entry.arrivedAt);
      return;
    }
    this.backlog.push(entry);
    if (size > 1) this.dispatch();
  }

  receive(link: Link<ToWorker>, message: Exclude<FromWorker, { type: "hello" }>): void {
    const member = this.crew.get(link);
    if (!member) return;
    member.lastHeard = this.ports.now();
    if (message.type !== "leave" && message.type !== "advertise") member.credits = message.credits;
    switch (message.type) {
      case "done":
        this.finish(member, message.slot, message.service, message.outputs);
        break;
      case "dones":
        this.finishAll(member, message);
        break;
      case "failed": {
        const entry = this.settle(member, message.slot);
        if (entry) {
          this.records.ended(entry, member, message.service, "failed");
          this.ports.failed(jobOf(entry), message.message, message.status);
        }
        break;
      }
      case "leave":
        this.takeBack(member, message.unstarted);
        break;
      case "advertise":
        // Any worker will do.
        break;
    }
    if (member.leaving && member.held.size === 0) this.sayBye(member);
    this.dispatch();
  }

  join(link: Link<ToWorker>, name: string, credits: number): void {
    // A second hello on a link that never broke: the worker has forgotten what it had.
    this.lose(link);
    const { stage, concurrency, edges } = this.options;
    this.crew.add(link, name, credits, this.ports.now());
    link.send({ type: "welcome", stage, concurrency, edges });
    this.dispatch();
  }

  /** The worker is gone, whatever the reason: what it held is given out again. */
  lose(link: Link<ToWorker>): void {
    const member = this.crew.get(link);
    if (!member) return;
    this.crew.remove(member);
    this.deliveries.uncoupleAll(member);
    const held = member.held.toArray();
    for (const delivery of this.deliveries.all()) {
      if (delivery.member === member) this.deliveries.forget(delivery);
    }
    // A quick worker may have died with results that it had not sent yet, so what it held does not tell what it ran.
    const { concurrency } = this.options;
    const quick = isQuick(member, concurrency);
    const running = quick && held.length > concurrency ? 0 : concurrency;
    for (let i = held.length - 1; i >= 0; i--) {
      if (!held[i]!.cancelled) this.afterDeath(held[i]!.entry, member, i < running, i < running || quick);
    }
    this.dispatch();
  }

  /** Drops queued jobs that nobody waits for, and tells the workers that run such. */
  sweep(): void {
    const oldest = this.backlog.oldest();
    // No copy from before the last sending waits any more.
    if (oldest === undefined || oldest > this.sentAgainAt) this.latest.clear();
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

  /** Those of the requests' jobs that workers have in hand. */
  running(requests: readonly RequestKey[]): TracedHop[] {
    return this.deliveries
      .all()
      .filter(({ recalled, cancelled }) => !recalled && !cancelled)
      .flatMap((delivery) => requests.map((request) => runningHop(delivery, request, this.ports.now())))
      .filter((hop) => hop !== undefined);
  }

  /** Jobs that wait. */
  get depth(): number {
    return this.backlog.depth;
  }

  /** Jobs that its workers have in hand. */
  get inHand(): number {
    return this.crew.members.reduce((sum, { held }) => sum + held.size, 0);
  }

  /** A job that came now would go to a worker at once. */
  get ready(): boolean {
    return this.depth === 0 && this.crew.pick(false) !== undefined;
  }

  /** Gives up all that waits, in order, for another pool to `admit`. */
  surrender(): Entry[] {
    return this.backlog.surrender();
  }

  admit(entries: readonly Entry[]): void {
    for (const entry of entries) this.backlog.push(entry);
    this.dispatch();
  }

  stats(): Omit<StageStats, "sent"> {
    const members = this.crew.members.filter((member) => !member.leaving);
    const oldest = this.backlog.oldest();
    return {
      stage: this.options.stage,
      workers: members.length,
      idle: members.filter((member) => member.held.size === 0).length,
      depth: this.depth,
      oldestMs: oldest === undefined ? 0 : Math.max(0, this.ports.now() - oldest),
      inFlight: members.reduce((sum, { held }) => sum + held.size, 0),
      gathering: 0,
      ...this.tally.stats(),
    };
  }

  /** Only some of its jobs may be taken, or they may have been here before, or each has its turn among others. */
  private mustTellApart(train: Train): boolean {
    return train.attempt > 1 || this.options.policy === "fair" || !this.hasRoom(sizeOf(train));
  }

  private hasRoom(jobs: number): boolean {
    const { maxQueued } = this.options;
    return maxQueued === undefined || this.depth + jobs <= maxQueued;
  }

  private finish(member: Member, slot: number, serviceUs: number, outputs: readonly Output[]): void {
    const entry = this.settle(member, slot);
    if (!entry) return;
    this.records.ended(entry, member, serviceUs, "done");
    this.ports.done(jobOf(entry), outputs);
  }

  private finishAll(member: Member, { slot, services, route, edge, kind, payloads }: Dones): void {
    for (let place = 0, left = payloads; left.count > 0; ) {
      const first = (slot + place) >>> 0;
      const delivery = this.deliveries.find(member, first);
      if (delivery?.entry.job.type === "train") {
        const count = Math.min(delivery.count, left.count);
        const [mine, others] = left.split(count);
        const entry = this.deliveries.shorten(delivery, count);
        this.records.trainDone(entry, member, services.subarray(place, place + count));
        this.ports.trainDone(entry.job as Train, { route, edge, kind, payloads: mine });
        left = others;
        place += count;
        continue;
      }
      // Whoever was given jobs one by one may say of them together that they are done.
      for (const payload of left.toArray()) {
        this.finish(member, (slot + place) >>> 0, services[place]!, [{ route, edge, kind, meta: "", payload }]);
        place++;
      }
      return;
    }
  }

  /** Nobody waits for it. Workers that it was recalled from may have started it all the same. */
  private drop(entry: Entry): void {
    this.records.dropped(entry);
    this.callOffAll(entry);
  }

  private dispatch(): void {
    const { backlog, crew } = this;
    if (backlog.hasSuspects) this.dispatchSuspects();
    while (backlog.queuedJobs > 0) {
      const member = crew.pick(backlog.hasSuspects);
      if (!member) return;
      const entry = backlog.shift()!;
      if (this.isStale(entry)) continue;
      if (entry.job.type === "job") this.deliver(entry, member);
      else this.deliverSome(entry, entry.job, member);
    }
    if (this.options.recalls && crew.members.length > 1) this.recalls.serveIdle();
  }

  /** As much of a train as the worker is to have before the next worker is picked; the rest goes back. */
  private deliverSome(entry: Entry, train: Train, member: Member): void {
    if (this.latest.size > 0 || this.ports.partlyUnwanted(train)) {
      this.takeApart(train, entry.arrivedAt);
      return;
    }
    const waiting = this.backlog.queuedJobs + sizeOf(train);
    const share = this.crew.shareOf(member, waiting, this.backlog.hasSuspects);
    if (share >= sizeOf(train)) {
      this.deliver(entry, member);
      return;
    }
    const [now, later] = splitTrain(train, share);
    this.deliver(entryOf(now, entry.arrivedAt), member);
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
      this.deliver(entry, member);
    }
  }

  /** It was taken from the queue, but there is nothing left to do for it. */
  private isStale(entry: Entry): boolean {
    if (entry.settled) return true;
    const { job } = entry;
    const isOld = this.latest.size > 0 && job.type === "job" && (this.latest.get(keyOf(job)) ?? 0) > job.attempt;
    if (!isOld && !this.ports.unwanted(job)) return false;
    this.drop(entry);
    return true;
  }

  private deliver(entry: Entry, member: Member, now?: number): void {
    if (member.held.size === 0) member.lastHeard = now ?? this.ports.now();
    const { slot } = this.deliveries.give(entry, member);
    const { job } = entry;
    const { session, seq, kind, hops, deadline } = job;
    const attempt = entry.deaths + 1;
    if (job.type === "job") {
      const { payload, trace } = job;
      member.link.send({ type: "work", slot, session, seq, kind, payload, attempt, hops, deadline, trace });
    } else {
      const { payloads } = job;
      member.link.send({ type: "works", slot, session, seq, kind, payloads, attempt, hops, deadline });
    }
  }

  /** The first word about a job settles it; every other delivery of it is called off. */
  private settle(member: Member, slot: number): Entry | undefined {
    const delivery = this.deliveries.find(member, slot);
    if (!delivery) return undefined;
    const entry = this.deliveries.shorten(delivery, 1);
    if (delivery.cancelled) return undefined;
    entry.settled = true;
    if (entry.current || entry.recalled) this.callOffAll(entry);
    return entry;
  }

  private callOffAll(entry: Entry): void {
    if (entry.current) this.callOff(entry.current);
    for (const each of [...(entry.recalled ?? [])]) this.callOff(each);
  }

  private callOff(delivery: Delivery): void {
    delivery.cancelled = true;
    if (delivery.recalled) this.deliveries.forget(delivery);
    delivery.member.link.send({ type: "abort", slot: delivery.slot });
  }

  private takeBack(member: Member, unstarted: readonly number[]): void {
    member.leaving = true;
    this.deliveries.uncoupleAll(member);
    for (const slot of [...unstarted].reverse()) {
      const delivery = this.deliveries.find(member, slot);
      if (!delivery) continue;
      this.deliveries.forget(delivery);
      if (delivery.recalled || delivery.cancelled) continue;
      this.backlog.unshift(delivery.entry);
    }
  }

  private sayBye(member: Member): void {
    member.link.send({ type: "bye" });
    this.crew.remove(member);
  }

  /** @param running it was in the handler for certain; @param suspect it may have been */
  private afterDeath(entry: Entry, member: Member, running: boolean, suspect: boolean): void {
    if (entry.current) return;
    if (running) entry.deaths++;
    if (entry.deaths >= this.options.maxAttempts) {
      this.callOffAll(entry);
      this.records.givenUp(entry, member);
      const workers = entry.deaths === 1 ? "a worker" : `${entry.deaths} workers`;
      const message = `${workers} died with this job in hand, the last was ${member.name}`;
      this.ports.refused(jobOf(entry), message, { poison: true });
      return;
    }
    this.tally.redelivered++;
    entry.suspect = suspect;
    this.backlog.unshift(entry);
  }
}

/** Names what a job is a part of, whichever sending of it. */
export function keyOf({ session, seq, partHigh, partLow }: Job): string {
  return `${session} ${seq} ${partHigh} ${partLow}`;
}
