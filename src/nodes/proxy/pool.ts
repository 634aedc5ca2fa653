import type { StageStats } from "../../plan/child.js";
import type { RequestKey, TracedHop } from "../../plan/trace.js";
import type { Dones, FromWorker, Load, Output, ToWorker, Train } from "../../protocol/messages.js";
import type { Link } from "../../transport/types.js";
import type { HopLog } from "../hop-log.js";
import { jobsOf, sizeOf } from "../load.js";
import { Crew, isQuick } from "./crew.js";
import { type Entry, jobOf, type Member, runningHop } from "./custody.js";
import { Deliveries } from "./deliveries.js";
import { Dispatcher } from "./dispatcher.js";
import type { PoolOptions, PoolPorts, StagePool } from "./pool-types.js";
import { Records } from "./records.js";
import { refuse } from "./refuse.js";
import { Tally } from "./tally.js";

/**
 * One stage's queue and its workers: gives jobs out against the workers' credits, keeps each until it is settled, and
 * gives it out again when its worker dies, retires, or sits on it while another is idle.
 */
export class Pool implements StagePool {
  private readonly crew: Crew;
  private readonly deliveries: Deliveries;
  private readonly dispatcher: Dispatcher;
  private readonly records: Records;

  constructor(
    private readonly options: PoolOptions,
    private readonly ports: PoolPorts,
    private readonly log: HopLog,
    private readonly tally = new Tally(),
  ) {
    const now = () => ports.now();
    this.crew = new Crew(options);
    this.deliveries = new Deliveries(now);
    this.records = new Records(tally, log, now);
    this.dispatcher = new Dispatcher(this.crew, this.deliveries, this.records, options, ports);
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
    this.tally.received += sizeOf(load);
    this.dispatcher.add(load);
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
        const entry = this.deliveries.settle(member, message.slot);
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
    this.dispatcher.dispatch();
  }

  join(link: Link<ToWorker>, name: string, credits: number): void {
    // A second hello on a link that never broke: the worker has forgotten what it had.
    this.lose(link);
    const { stage, concurrency, edges } = this.options;
    this.crew.add(link, name, credits, this.ports.now());
    link.send({ type: "welcome", stage, concurrency, edges });
    this.dispatcher.dispatch();
  }

  /** The worker is gone, whatever the reason: what it held is given out again. */
  lose(link: Link<ToWorker>): void {
    const member = this.crew.get(link);
    if (!member) return;
    this.crew.remove(member);
    this.deliveries.uncoupleAll(member);
    const held = member.held.toArray();
    this.deliveries.forgetAll(member);
    // A quick worker may have died with results that it had not sent yet, so what it held does not tell what it ran. A
    // slow one may have had its newest result unsent at most, so it may just have begun the job after it.
    const { concurrency } = this.options;
    const quick = isQuick(member, concurrency);
    const running = quick && held.length > concurrency ? 0 : concurrency;
    const suspects = quick ? held.length : concurrency + 1;
    for (let i = held.length - 1; i >= 0; i--) {
      if (!held[i]!.cancelled) this.afterDeath(held[i]!.entry, member, i < running, i < suspects);
    }
    this.dispatcher.dispatch();
  }

  sweep(): void {
    this.dispatcher.sweep();
  }

  abortUnwanted(): void {
    this.dispatcher.abortUnwanted();
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
    return this.dispatcher.depth;
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
    return this.dispatcher.surrender();
  }

  admit(entries: readonly Entry[]): void {
    this.dispatcher.admit(entries);
  }

  stats(): Omit<StageStats, "sent"> {
    const members = this.crew.members.filter((member) => !member.leaving);
    const oldest = this.dispatcher.oldest();
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
    const entry = this.deliveries.settle(member, slot);
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

  private takeBack(member: Member, unstarted: readonly number[]): void {
    member.leaving = true;
    this.deliveries.uncoupleAll(member);
    for (const slot of [...unstarted].reverse()) {
      const delivery = this.deliveries.find(member, slot);
      if (!delivery) continue;
      this.deliveries.forget(delivery);
      if (delivery.recalled || delivery.cancelled) continue;
      this.dispatcher.putBack(delivery.entry);
    }
  }

  private sayBye(member: Member): void {
    member.link.send({ type: "bye" });
    this.crew.remove(member);
  }

  /** @param running it was in the handler, as far as one can tell; @param suspect it may have been */
  private afterDeath(entry: Entry, member: Member, running: boolean, suspect: boolean): void {
    if (entry.current) return;
    if (running) entry.deaths++;
    if (entry.deaths >= this.options.maxAttempts) {
      this.deliveries.callOff(entry);
      this.records.givenUp(entry, member);
      const workers = entry.deaths === 1 ? "a worker" : `${entry.deaths} workers`;
      const message = `${workers} died with this job in hand, the last was ${member.name}`;
      this.ports.refused(jobOf(entry), message, { poison: true });
      return;
    }
    this.tally.redelivered++;
    entry.suspect = suspect;
    this.dispatcher.putBack(entry);
  }
}
