import type { StageStats } from "../../plan/child.js";
import type { RequestKey, TracedHop } from "../../plan/trace.js";
import type { FromWorker, Job, Output, ToWorker } from "../../protocol/messages.js";
import type { Policy } from "../../topology/types.js";
import type { Link } from "../../transport/types.js";
import { Hop, type HopLog } from "../hop-log.js";
import { NumberMap } from "../number-map.js";
import { Crew, isQuick } from "./crew.js";
import { type Delivery, type Entry, type Member, runningHop } from "./custody.js";
import { FifoQueue } from "./queues/fifo-queue.js";
import { makeQueue } from "./queues/index.js";
import { oldestOf } from "./queues/oldest.js";
import type { JobQueue } from "./queues/types.js";
import { Tally } from "./tally.js";

/** What a pool says to its proxy. */
export interface PoolPorts {
  /** A worker finished the job. */
  done(job: Job, outputs: readonly Output[]): void;
  /** A worker threw. */
  failed(job: Job, message: string, status: number): void;
  /** The job was not taken, or given up. */
  refused(job: Job, message: string, refusal: { readonly status?: number; readonly poison?: boolean }): void;
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
  /** A job that lies with one worker may be given to another that is idle: it may then be done twice. */
  readonly recalls: boolean;
  /** Jobs queued beyond which one more is refused. */
  readonly maxQueued: number | undefined;
  readonly policy: Policy;
}

/** What a proxy asks of the pool of a stage. */
export type StagePool = Pick<
  Pool,
  "add" | "receive" | "join" | "lose" | "sweep" | "abortUnwanted" | "running" | "stats"
>;

/**
 * One stage's queue and its workers: gives jobs out against the workers' credits, keeps each until it is settled, and
 * gives it out again when its worker dies, retires, or sits on it while another is idle.
 */
export class Pool {
  private readonly queue: JobQueue<Entry>;
  private readonly suspects = new FifoQueue<Entry>();
  private readonly crew: Crew;
  private readonly deliveries = new NumberMap<Delivery>();
  private recallTimer: NodeJS.Timeout | undefined;
  /** Starts anywhere: what a worker says of the slots of a former life of this proxy must not meet those of this one. */
  private nextSlot = Math.floor(Math.random() * 2 ** 32);
  /** The last sending of jobs that were sent more than once: earlier copies that still wait are of no use. */
  private readonly latest = new Map<string, number>();

  constructor(
    private readonly options: PoolOptions,
    private readonly ports: PoolPorts,
    private readonly log: HopLog,
    private readonly tally = new Tally(),
  ) {
    this.queue = makeQueue(options.policy, entryOf);
    this.crew = new Crew(options);
  }

  add(job: Job): void {
    this.tally.received++;
    if (job.attempt > 1) this.latest.set(keyOf(job), job.attempt);
    const { maxQueued } = this.options;
    // What is sent again was admitted before, and its first copy may be in this very queue.
    if (maxQueued !== undefined && job.attempt === 1 && this.depth >= maxQueued) {
      this.tally.failed++;
      const now = this.ports.now();
      this.log.add(job, "", now, now, 0, Hop.refused, 0);
      this.ports.refused(job, `its queue is full: ${maxQueued} jobs`, { status: 503 });
      return;
    }
    const entry = entryOf(job, this.ports.now());
    const member = this.depth === 0 ? this.crew.pick(false) : undefined;
    if (member) {
      this.deliver(entry, member, entry.arrivedAt);
      return;
    }
    this.queue.push(entry);
  }

  receive(link: Link<ToWorker>, message: Exclude<FromWorker, { type: "hello" }>): void {
    const member = this.crew.get(link);
    if (!member) return;
    member.lastHeard = this.ports.now();
    switch (message.type) {
      case "done": {
        member.credits = message.credits;
        const entry = this.settle(member, message.slot);
        if (entry) {
          this.tally.done++;
          this.clock(entry, member, message.service, Hop.done);
          this.ports.done(entry.job, message.outputs);
        }
        break;
      }
      case "failed": {
        member.credits = message.credits;
        const entry = this.settle(member, message.slot);
        if (entry) {
          this.tally.failed++;
          this.clock(entry, member, message.service, Hop.failed);
          this.ports.failed(entry.job, message.message, message.status);
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
    const held = member.held.toArray();
    for (const delivery of this.deliveries.values()) {
      if (delivery.member === member) this.forget(delivery);
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
    if (this.depth === 0) this.latest.clear();
    const keep = (entry: Entry) => !this.isStale(entry);
    this.queue.filter(keep);
    this.suspects.filter(keep);
    this.abortUnwanted();
  }

  abortUnwanted(): void {
    for (const delivery of this.deliveries.values()) {
      if (delivery.cancelled || delivery.recalled || !this.ports.unwanted(delivery.entry.job)) continue;
      this.drop(delivery.entry);
    }
    this.dispatch();
  }

  /** Those of the requests' jobs that workers have in hand. */
  running(requests: readonly RequestKey[]): TracedHop[] {
    return this.deliveries
      .values()
      .filter(({ recalled, cancelled }) => !recalled && !cancelled)
      .filter(({ entry: { job } }) => requests.some(({ session, seq }) => session === job.session && seq === job.seq))
      .map(({ entry, member }) => runningHop(entry, member, this.ports.now()));
  }

  /** Jobs that wait. */
  get depth(): number {
    return this.queue.size + this.suspects.size;
  }

  /** Jobs that its workers have in hand. */
  get inHand(): number {
    return this.deliveries.size;
  }

  /** A job that came now would go to a worker at once. */
  get ready(): boolean {
    return this.depth === 0 && this.crew.pick(false) !== undefined;
  }

  /** Gives up all that waits, in order, for another pool to `admit`. */
  surrender(): Entry[] {
    const entries: Entry[] = [];
    for (const queue of [this.suspects, this.queue]) {
      for (let entry = queue.shift(); entry; entry = queue.shift()) entries.push(entry);
    }
    return entries;
  }

  admit(entries: readonly Entry[]): void {
    for (const entry of entries) (entry.suspect ? this.suspects : this.queue).push(entry);
    this.dispatch();
  }

  stats(): Omit<StageStats, "sent"> {
    const members = this.crew.members.filter((member) => !member.leaving);
    const oldest = oldestOf([this.suspects, this.queue]);
    return {
      stage: this.options.stage,
      workers: members.length,
      idle: members.filter((member) => member.held.size === 0).length,
      depth: this.depth,
      oldestMs: oldest === undefined ? 0 : Math.max(0, this.ports.now() - oldest),
      inFlight: members.reduce((sum, member) => sum + member.held.size, 0),
      gathering: 0,
      ...this.tally.stats(),
    };
  }

  /** All the time here that was not spent in the handler is waiting: in the queue, with the worker, and on the way. */
  private clock({ job, arrivedAt, deaths }: Entry, member: Member, serviceUs: number, outcome: 0 | 1): void {
    const now = member.lastHeard;
    this.tally.service.record(serviceUs);
    this.tally.wait.record((now - arrivedAt) * 1000 - serviceUs);
    this.log.add(job, member.name, arrivedAt, now, serviceUs, outcome, deaths);
  }

  /** Nobody waits for it. Workers that it was recalled from may have started it all the same. */
  private drop(entry: Entry): void {
    this.tally.dropped++;
    const { job, arrivedAt, current, deaths } = entry;
    this.log.add(job, current?.member.name ?? "", arrivedAt, this.ports.now(), 0, Hop.dropped, deaths);
    this.callOffAll(entry);
  }

  private dispatch(): void {
    if (this.suspects.size > 0) this.dispatchSuspects();
    while (this.queue.size > 0) {
      const member = this.crew.pick(this.suspects.size > 0);
      if (!member) return;
      const entry = this.queue.shift()!;
      if (!this.isStale(entry)) this.deliver(entry, member);
    }
    if (this.options.recalls && this.crew.members.length > 1) this.recallForIdle();
  }

  /** Each alone with a worker that has nothing else. */
  private dispatchSuspects(): void {
    for (const member of this.crew.members) {
      if (member.leaving || member.held.size > 0 || this.crew.windowOf(member) === 0) continue;
      let entry = this.suspects.shift();
      while (entry && this.isStale(entry)) entry = this.suspects.shift();
      if (!entry) return;
      this.deliver(entry, member);
    }
  }

  /** It was taken from the queue, but there is nothing left to do for it. */
  private isStale(entry: Entry): boolean {
    if (entry.settled) return true;
    if (this.latest.size > 0 && (this.latest.get(keyOf(entry.job)) ?? 0) > entry.job.attempt) {
      this.drop(entry);
      return true;
    }
    if (!this.ports.unwanted(entry.job)) return false;
    this.drop(entry);
    return true;
  }

  private deliver(entry: Entry, member: Member, now?: number): void {
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
    if (member.held.size === 1) member.lastHeard = now ?? this.ports.now();
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
    this.crew.remove(member);
  }

  /** @param running it was in the handler for certain; @param suspect it may have been */
  private afterDeath(entry: Entry, member: Member, running: boolean, suspect: boolean): void {
    if (entry.current) return;
    if (running) entry.deaths++;
    if (entry.deaths >= this.options.maxAttempts) {
      this.tally.failed++;
      this.callOffAll(entry);
      this.log.add(entry.job, member.name, entry.arrivedAt, this.ports.now(), 0, Hop.refused, entry.deaths);
      const workers = entry.deaths === 1 ? "a worker" : `${entry.deaths} workers`;
      const message = `${workers} died with this job in hand, the last was ${member.name}`;
      this.ports.refused(entry.job, message, { poison: true });
      return;
    }
    this.tally.redelivered++;
    entry.suspect = suspect;
    (suspect ? this.suspects : this.queue).unshift(entry);
  }

  /** An idle worker takes half of what lies unstarted with the one that has most and makes no progress. */
  private recallForIdle(): void {
    for (let idle = this.crew.idle(); idle; idle = this.crew.idle()) {
      const { member, againInMs } = this.crew.hoarder(this.ports.now());
      if (!member || this.recall(member, idle) === 0) {
        this.recallLater(againInMs);
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

  private recall(from: Member, to: Member): number {
    const unstarted = from.held
      .toArray()
      .slice(this.options.concurrency)
      .filter((delivery) => !delivery.cancelled);
    const count = Math.min(Math.ceil(unstarted.length / 2), this.crew.windowOf(to));
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

export function entryOf(job: Job, arrivedAt: number): Entry {
  return { job, arrivedAt, deaths: 0, suspect: false, settled: false, current: undefined, recalled: undefined };
}

/** Names what a job is a part of, whichever sending of it. */
export function keyOf({ session, seq, partHigh, partLow }: Job): string {
  return `${session} ${seq} ${partHigh} ${partLow}`;
}
