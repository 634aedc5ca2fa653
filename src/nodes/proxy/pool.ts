import type { StageStats } from "../../plan/child.js";
import type { FromWorker, Job, Output, ToWorker } from "../../protocol/messages.js";
import type { Policy } from "../../topology/types.js";
import type { Link } from "../../transport/types.js";
import { NumberMap } from "../number-map.js";
import { Hand } from "./hand.js";
import { FifoQueue } from "./queues/fifo-queue.js";
import { makeQueue } from "./queues/index.js";
import { oldestOf } from "./queues/oldest.js";
import type { JobQueue } from "./queues/types.js";

/** What a pool says to its proxy. */
export interface PoolPorts {
  /** A worker finished the job. */
  done(job: Job, outputs: readonly Output[]): void;
  /** A worker threw. */
  failed(job: Job, message: string, status: number): void;
  /** The job was not taken, or given up. */
  refused(job: Job, message: string, status: number): void;
  /** Nobody waits for the job any more. */
  unwanted(job: Job): boolean;
  now(): number;
}

export interface PoolOptions {
  readonly stage: string;
  readonly concurrency: number;
  readonly edges: readonly string[];
  readonly maxAttempts: number;
  /** Jobs for a worker beyond those that it runs; undefined: as many as the worker asks for. */
  readonly prefetch: number | undefined;
  /** Jobs queued beyond which one more is refused. */
  readonly maxQueued: number | undefined;
  readonly policy: Policy;
}

/** A job in this pool's custody: queued, or delivered to one worker and perhaps recalled from others. */
interface Entry {
  readonly job: Job;
  queuedAt: number;
  /** Workers that died with it for certain, or could not be told apart. */
  deaths: number;
  /** It was in the hands of a worker that died among others: it runs alone, so that the next death is plain. */
  suspect: boolean;
  /** A worker that it was recalled from had started it, and has finished it, while it lay in the queue again. */
  settled: boolean;
  /** In the hands of this worker; undefined: in the queue. */
  current: Delivery | undefined;
  /** Recalled, but the worker may have started it before it read so. */
  recalled: Delivery[] | undefined;
}

interface Delivery {
  /** Its neighbours in the hand that it is in. */
  before: Delivery | undefined;
  after: Delivery | undefined;
  readonly slot: number;
  readonly entry: Entry;
  readonly member: Member;
  /** Given to another worker; this one forgets it, unless it had started. */
  recalled: boolean;
  /** Not wanted any more; it still counts as in hand until the worker says that it is rid of it. */
  cancelled: boolean;
}

interface Member {
  readonly link: Link<ToWorker>;
  readonly name: string;
  credits: number;
  /** In the order of delivery, which is the order in which the worker starts them. Recalled ones are not in it. */
  readonly held: Hand<Delivery>;
  leaving: boolean;
  lastHeard: number;
}

/**
 * What it takes to wake an idle process on the other end of a socket, in ms: about 0.1 on two cores, idle. The credits of
 * a quick worker are the jobs that it does in one ms, so they tell how much work that is.
 */
const WAKE_MS = 0.1;

/** A worker that was heard of within this time is at work on what it has: recalling from it would only cost. */
const SLOW_SILENT_MS = 1;
const QUICK_SILENT_MS = 20;

/**
 * One stage's queue and its workers: gives jobs out against the workers' credits, keeps each until it is settled, and
 * gives it out again when its worker dies, retires, or sits on it while another is idle.
 */
export class Pool {
  private readonly queue: JobQueue<Entry>;
  private readonly suspects = new FifoQueue<Entry>();
  private readonly members = new Map<Link<ToWorker>, Member>();
  /** The same, to be walked through for every job. */
  private roster: readonly Member[] = [];
  private readonly deliveries = new NumberMap<Delivery>();
  private recallTimer: NodeJS.Timeout | undefined;
  private nextSlot = 0;
  private received = 0;
  private settledDone = 0;
  private settledFailed = 0;
  private redelivered = 0;
  private dropped = 0;

  constructor(
    private readonly options: PoolOptions,
    private readonly ports: PoolPorts,
  ) {
    this.queue = makeQueue(options.policy);
  }

  add(job: Job): void {
    this.received++;
    const { maxQueued } = this.options;
    if (maxQueued !== undefined && this.depth >= maxQueued) {
      this.settledFailed++;
      this.ports.refused(job, `its queue is full: ${maxQueued} jobs`, 503);
      return;
    }
    const entry: Entry = {
      job,
      queuedAt: 0,
      deaths: 0,
      suspect: false,
      settled: false,
      current: undefined,
      recalled: undefined,
    };
    const member = this.depth === 0 ? this.pick() : undefined;
    if (member) {
      this.deliver(entry, member);
      return;
    }
    entry.queuedAt = this.ports.now();
    this.queue.push(entry);
  }

  receive(link: Link<ToWorker>, message: Exclude<FromWorker, { type: "hello" }>): void {
    const member = this.members.get(link);
    if (!member) return;
    member.lastHeard = this.ports.now();
    switch (message.type) {
      case "done": {
        member.credits = message.credits;
        const entry = this.settle(member, message.slot);
        if (entry) {
          this.settledDone++;
          this.ports.done(entry.job, message.outputs);
        }
        break;
      }
      case "failed": {
        member.credits = message.credits;
        const entry = this.settle(member, message.slot);
        if (entry) {
          this.settledFailed++;
          this.ports.failed(entry.job, message.message, message.status);
        }
        break;
      }
      case "leave":
        this.takeBack(member, message.unstarted);
        break;
    }
    if (member.leaving && member.held.size === 0) this.sayBye(member);
    this.dispatch();
  }

  join(link: Link<ToWorker>, name: string, credits: number): void {
    // A second hello on a link that never broke: the worker has forgotten what it had.
    if (this.members.has(link)) this.lose(link);
    const now = this.ports.now();
    const { stage, concurrency, edges } = this.options;
    this.members.set(link, { link, name, credits, held: new Hand(), leaving: false, lastHeard: now });
    this.roster = [...this.members.values()];
    link.send({ type: "welcome", stage, concurrency, edges });
    this.dispatch();
  }

  /** The worker is gone, whatever the reason: what it held is given out again. */
  lose(link: Link<ToWorker>): void {
    const member = this.members.get(link);
    if (!member) return;
    this.members.delete(link);
    this.roster = [...this.members.values()];
    const held = member.held.toArray();
    for (const delivery of this.deliveries.values()) {
      if (delivery.member === member) this.forget(delivery);
    }
    // A quick worker may have died with results that it had not sent yet, so what it held does not tell what it ran.
    const { concurrency } = this.options;
    const quick = member.credits > concurrency + 1;
    const running = quick && held.length > concurrency ? 0 : concurrency;
    for (let i = held.length - 1; i >= 0; i--) {
      if (!held[i]!.cancelled) this.afterDeath(held[i]!.entry, member, i < running, i < running || quick);
    }
    this.dispatch();
  }

  /** Drops queued jobs that nobody waits for, and tells the workers that run such. */
  sweep(): void {
    const wanted = (entry: Entry) => !this.ports.unwanted(entry.job);
    this.dropped += this.queue.filter(wanted) + this.suspects.filter(wanted);
    this.abortUnwanted();
  }

  abortUnwanted(): void {
    for (const delivery of this.deliveries.values()) {
      if (delivery.cancelled || delivery.recalled || !this.ports.unwanted(delivery.entry.job)) continue;
      this.dropped++;
      this.callOffAll(delivery.entry);
    }
    this.dispatch();
  }

  stats(): StageStats {
    const members = [...this.members.values()].filter((member) => !member.leaving);
    const oldest = oldestOf([this.suspects, this.queue]);
    return {
      stage: this.options.stage,
      workers: members.length,
      idle: members.filter((member) => member.held.size === 0).length,
      depth: this.depth,
      oldestMs: oldest === undefined ? 0 : Math.max(0, this.ports.now() - oldest),
      inFlight: members.reduce((sum, member) => sum + member.held.size, 0),
      gathering: 0,
      received: this.received,
      done: this.settledDone,
      failed: this.settledFailed,
      redelivered: this.redelivered,
      dropped: this.dropped,
    };
  }

  private get depth(): number {
    return this.queue.size + this.suspects.size;
  }

  private dispatch(): void {
    if (this.suspects.size > 0) this.dispatchSuspects();
    while (this.queue.size > 0) {
      const member = this.pick();
      if (!member) return;
      const entry = this.queue.shift()!;
      if (!this.isStale(entry)) this.deliver(entry, member);
    }
    if (this.roster.length > 1) this.recallForIdle();
  }

  /** Each alone with a worker that has nothing else. */
  private dispatchSuspects(): void {
    for (const member of this.roster) {
      if (this.suspects.size === 0) return;
      if (member.leaving || member.held.size > 0) continue;
      const entry = this.suspects.shift()!;
      if (!this.isStale(entry)) this.deliver(entry, member);
    }
  }

  /** It was taken from the queue, but there is nothing left to do for it. */
  private isStale(entry: Entry): boolean {
    if (entry.settled) return true;
    if (!this.ports.unwanted(entry.job)) return false;
    this.dropped++;
    return true;
  }

  /**
   * The worker with the least in hand that may have more; but a quick one that is at work anyway comes first, while what
   * it has is done sooner than an idle one would be awake. While a suspect waits, the least busy one is kept for it.
   */
  private pick(): Member | undefined {
    const noSuspects = this.suspects.size === 0;
    let best: Member | undefined;
    let second: Member | undefined;
    for (const member of this.roster) {
      if (member.leaving) continue;
      const held = member.held.size;
      if (
        noSuspects &&
        held > 0 &&
        held < member.credits * WAKE_MS &&
        held < this.windowOf(member) &&
        !isIsolated(member)
      )
        return member;
      if (!best || held < best.held.size) {
        second = best;
        best = member;
      } else if (!second || held < second.held.size) second = member;
    }
    const member = noSuspects ? best : second;
    return member && member.held.size < this.windowOf(member) && !isIsolated(member) ? member : undefined;
  }

  private windowOf(member: Member): number {
    const { prefetch, concurrency } = this.options;
    return prefetch === undefined ? member.credits : concurrency + prefetch;
  }

  private deliver(entry: Entry, member: Member): void {
    const { job } = entry;
    const slot = this.nextSlot;
    this.nextSlot = (slot + 1) >>> 0;
    const delivery: Delivery = {
      before: undefined,
      after: undefined,
      slot,
      entry,
      member,
      recalled: false,
      cancelled: false,
    };
    entry.current = delivery;
    this.deliveries.set(slot, delivery);
    member.held.add(delivery);
    if (member.held.size === 1) member.lastHeard = this.ports.now();
    const { session, seq, kind, payload, hops, deadline, trace } = job;
    const attempt = entry.deaths + 1;
    member.link.send({ type: "work", slot, session, seq, kind, payload, attempt, hops, deadline, trace });
  }

  /** The first word about a job settles it; every other delivery of it is called off. */
  private settle(member: Member, slot: number): Entry | undefined {
    const delivery = this.deliveries.get(slot);
    if (!delivery || delivery.member !== member) return undefined;
    const { entry } = delivery;
    this.forget(delivery);
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
    if (delivery.recalled) this.forget(delivery);
    delivery.member.link.send({ type: "abort", slot: delivery.slot });
  }

  private forget(delivery: Delivery): void {
    this.deliveries.delete(delivery.slot);
    if (!delivery.recalled) delivery.member.held.remove(delivery);
    const { entry } = delivery;
    if (entry.current === delivery) entry.current = undefined;
    else if (entry.recalled) {
      const others = entry.recalled.filter((each) => each !== delivery);
      entry.recalled = others.length > 0 ? others : undefined;
    }
  }

  private takeBack(member: Member, unstarted: readonly number[]): void {
    member.leaving = true;
    for (const slot of [...unstarted].reverse()) {
      const delivery = this.deliveries.get(slot);
      if (!delivery || delivery.member !== member) continue;
      this.forget(delivery);
      if (delivery.recalled || delivery.cancelled) continue;
      (delivery.entry.suspect ? this.suspects : this.queue).unshift(delivery.entry);
    }
  }

  private sayBye(member: Member): void {
    member.link.send({ type: "bye" });
    this.members.delete(member.link);
    this.roster = [...this.members.values()];
  }

  /** @param running it was in the handler for certain; @param suspect it may have been */
  private afterDeath(entry: Entry, member: Member, running: boolean, suspect: boolean): void {
    if (entry.current) return;
    if (running) entry.deaths++;
    if (entry.deaths >= this.options.maxAttempts) {
      this.settledFailed++;
      this.callOffAll(entry);
      const workers = entry.deaths === 1 ? "a worker" : `${entry.deaths} workers`;
      this.ports.refused(entry.job, `${workers} died with this job in hand, the last was ${member.name}`, 0);
      return;
    }
    this.redelivered++;
    entry.suspect = suspect;
    (suspect ? this.suspects : this.queue).unshift(entry);
  }

  /** An idle worker takes half of what lies unstarted with the one that has most and makes no progress. */
  private recallForIdle(): void {
    for (let idle = this.findIdle(); idle; idle = this.findIdle()) {
      const now = this.ports.now();
      let victim: Member | undefined;
      let soonest = Number.POSITIVE_INFINITY;
      for (const member of this.roster) {
        if (member.held.size <= this.options.concurrency || isIsolated(member)) continue;
        const patience = this.patienceWith(member) - (now - member.lastHeard);
        if (patience > 0) soonest = Math.min(soonest, patience);
        else if (!victim || member.held.size > victim.held.size) victim = member;
      }
      if (!victim || this.recall(victim, idle) === 0) {
        this.recallLater(soonest);
        return;
      }
    }
  }

  private recallLater(ms: number): void {
    if (this.recallTimer || ms === Number.POSITIVE_INFINITY) return;
    this.recallTimer = setTimeout(() => {
      this.recallTimer = undefined;
      this.recallForIdle();
    }, ms + 1);
  }

  /** A worker with long jobs says nothing while it runs one; a quick one is silent only when it does not get the CPU. */
  private patienceWith(member: Member): number {
    return member.credits > this.options.concurrency + 1 ? QUICK_SILENT_MS : SLOW_SILENT_MS;
  }

  private findIdle(): Member | undefined {
    for (const member of this.roster) {
      if (!member.leaving && member.held.size === 0 && this.windowOf(member) > 0) return member;
    }
    return undefined;
  }

  private recall(from: Member, to: Member): number {
    const unstarted = from.held
      .toArray()
      .slice(this.options.concurrency)
      .filter((delivery) => !delivery.cancelled);
    const count = Math.min(Math.ceil(unstarted.length / 2), this.windowOf(to));
    for (const delivery of unstarted.slice(unstarted.length - count)) {
      delivery.recalled = true;
      const { entry } = delivery;
      entry.recalled = [...(entry.recalled ?? []), delivery];
      from.held.remove(delivery);
      from.link.send({ type: "recall", slot: delivery.slot });
      this.deliver(delivery.entry, to);
    }
    return count;
  }
}

/** It has a suspect job, and nothing else may share its fate. */
function isIsolated(member: Member): boolean {
  return member.held.size === 1 && member.held.first!.entry.suspect;
}
