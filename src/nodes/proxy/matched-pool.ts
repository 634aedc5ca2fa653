import type { StageStats } from "../../plan/child.js";
import type { RequestKey, TracedHop } from "../../plan/trace.js";
import type { Attributes, FromWorker, Job, ToWorker } from "../../protocol/messages.js";
import type { Match } from "../../topology/types.js";
import type { Link } from "../../transport/types.js";
import { Fifo } from "../fifo.js";
import { Hop, type HopLog } from "../hop-log.js";
import { isQuick } from "./crew.js";
import { type Entry, entryOf, jobOf } from "./custody.js";
import { Holders } from "./holders.js";
import { fieldReader, textOf } from "./job-key.js";
import { Pool } from "./pool.js";
import type { PoolOptions, PoolPorts, StagePool } from "./pool-types.js";
import { refuse } from "./refuse.js";
import { Sendings } from "./sendings.js";
import { Tally } from "./tally.js";
import { WaitingRoom } from "./waiting-room.js";

/** One worker. What waits does not wait with it, so nothing is bound to it before it has room. */
interface Desk {
  readonly pool: Pool;
  credits: number;
}

/**
 * Jobs that a quick worker is given ahead. They cannot be taken back when one of them turns out to be long, and each may
 * be one that others could do; yet so many are enough to hide the round trip.
 */
const QUICK_AHEAD = 32;

/**
 * A stage's workers, and jobs that name what they need: a job goes to a worker that advertises it, the least busy of
 * them, and waits for one of them when all are full. What names nothing, or what nobody advertises, goes to any worker;
 * or of the latter only one job at a time; or it waits until somebody advertises it: as the stage wants.
 */
export class MatchedPool implements StagePool {
  readonly tally = new Tally();
  private readonly desks = new Map<Link<ToWorker>, Desk>();
  /** Those that take new jobs: a worker that leaves only finishes what it runs. */
  private readonly open = new Set<Desk>();
  private readonly holders = new Holders<Desk>();
  /** No line whose workers have room, outside of a call: what comes may go before nobody. */
  private readonly room: WaitingRoom;
  /** They run alone. */
  private readonly suspects = new Fifo<Entry>();
  private readonly fieldOf: (job: Job) => unknown;
  /** It has just said something, and what waits is to have what it has room for before what comes of that. */
  private speaking: Desk | undefined;
  private readonly sendings = new Sendings();

  constructor(
    private readonly match: Match,
    private readonly options: PoolOptions,
    readonly ports: PoolPorts,
    readonly log: HopLog,
  ) {
    this.fieldOf = fieldReader(match.job);
    this.room = new WaitingRoom(options.policy);
  }

  add(job: Job): void {
    const { maxQueued } = this.options;
    const field = this.fieldOf(job);
    if (field !== undefined && field !== null && textOf(field) === undefined) {
      refuse(job, { message: `its "${this.match.job}", by which its worker is chosen, is no text or number` }, this);
      return;
    }
    if (maxQueued !== undefined && job.attempt === 1 && this.depth >= maxQueued) {
      refuse(job, { message: `its queue is full: ${maxQueued} jobs`, status: 503 }, this);
      return;
    }
    this.tally.received++;
    const now = this.ports.now();
    this.sendings.note(job, now);
    this.place(entryOf(job, now), textOf(field));
  }

  receive(link: Link<ToWorker>, message: Exclude<FromWorker, { type: "hello" }>): void {
    const desk = this.desks.get(link);
    if (!desk) return;
    if (message.type === "advertise") {
      const values = valuesOf(message.attributes, this.match.worker);
      if (this.open.has(desk)) this.abandon(this.holders.advertise(desk, values));
      this.serveAll();
      return;
    }
    if (message.type !== "leave") desk.credits = message.credits;
    this.speaking = desk;
    desk.pool.receive(link, message);
    this.speaking = undefined;
    if (message.type === "leave") {
      this.close(desk);
      return;
    }
    const lost = this.holders.settle(desk);
    this.abandon(lost);
    if (lost.length > 0) this.serveAll();
    else this.serve(desk);
  }

  join(link: Link<ToWorker>, name: string, credits: number): void {
    this.lose(link);
    const options = { ...this.options, maxQueued: undefined, recalls: false };
    const pool = new Pool(options, this.ports, this.log, this.tally);
    const desk: Desk = { pool, credits };
    this.desks.set(link, desk);
    this.open.add(desk);
    pool.join(link, name, credits);
    this.serve(desk);
  }

  lose(link: Link<ToWorker>): void {
    const desk = this.desks.get(link);
    if (!desk) return;
    this.desks.delete(link);
    desk.pool.lose(link);
    this.close(desk);
  }

  sweep(): void {
    for (const { pool } of this.desks.values()) pool.sweep();
    const keep = (entry: Entry) => !this.isStale(entry);
    this.room.filter(keep);
    this.suspects.filter(keep);
    this.sendings.forget(this.oldest());
  }

  abortUnwanted(): void {
    for (const { pool } of this.desks.values()) pool.abortUnwanted();
    this.serveAll();
  }

  running(requests: readonly RequestKey[]): TracedHop[] {
    return [...this.desks.values()].flatMap(({ pool }) => pool.running(requests));
  }

  stats(): Omit<StageStats, "sent"> {
    const all = [...this.desks.values()].map(({ pool }) => pool.stats());
    const total = (key: "workers" | "idle" | "inFlight") => all.reduce((sum, stats) => sum + stats[key], 0);
    const oldest = this.oldest();
    return {
      ...this.tally.stats(),
      stage: this.options.stage,
      workers: total("workers"),
      idle: total("idle"),
      depth: this.depth,
      oldestMs: oldest === undefined ? 0 : Math.max(0, this.ports.now() - oldest),
      inFlight: total("inFlight"),
      gathering: 0,
    };
  }

  /** Since when the one has waited that has waited longest. */
  private oldest(): number | undefined {
    const since = [this.room.oldest(), this.suspects.peek()?.arrivedAt].filter((time) => time !== undefined);
    return since.length === 0 ? undefined : Math.min(...since);
  }

  private get depth(): number {
    return this.room.size + this.suspects.size;
  }

  /** To the least busy of those that it may go to, or where it waits for them. */
  private place(entry: Entry, value: string | undefined): void {
    const line = this.lineOf(value);
    // While suspects wait, not everybody with room may have it: who is to have one of them must become idle.
    const mayGive = this.suspects.size === 0 && !this.room.has(line);
    const desk = mayGive ? this.leastBusy(this.candidates(value)) : undefined;
    if (desk) this.give(entry, desk, value);
    else {
      this.room.push(entry, line);
      if (this.suspects.size > 0) for (const each of [...this.candidates(value)]) this.serve(each);
    }
  }

  private valueOf(entry: Entry): string | undefined {
    return textOf(this.fieldOf(jobOf(entry)));
  }

  /** What waits for whoever comes first is in the common line. */
  private lineOf(value: string | undefined): string | undefined {
    return value === undefined || this.match.otherwise === "wait" || this.holders.has(value) ? value : undefined;
  }

  private candidates(value: string | undefined): Iterable<Desk> {
    const line = this.lineOf(value);
    return line === undefined ? this.open : this.holders.of(line);
  }

  /** Of those that have room; of equals the one that advertises least, so that what has to be loaded is spread. */
  private leastBusy(desks: Iterable<Desk>): Desk | undefined {
    let best: Desk | undefined;
    for (const desk of desks) {
      if (!this.isFree(desk)) continue;
      const more = best ? desk.pool.inHand - best.pool.inHand || this.countOf(desk) - this.countOf(best) : -1;
      if (more < 0) best = desk;
    }
    return best;
  }

  private countOf(desk: Desk): number {
    return this.holders.valuesOf(desk).size;
  }

  private isFree(desk: Desk): boolean {
    const { pool, credits } = desk;
    if (desk === this.speaking || !this.open.has(desk) || !pool.ready) return false;
    const { concurrency, prefetch } = this.options;
    if (prefetch !== undefined) return true;
    return pool.inHand < concurrency + (isQuick({ credits }, concurrency) ? QUICK_AHEAD : 0);
  }

  private give(entry: Entry, desk: Desk, value: string | undefined): void {
    if (value !== undefined && this.match.otherwise === "one" && !this.holders.has(value)) {
      this.holders.load(desk, value, () => entry.current === undefined);
    }
    desk.pool.admit([entry]);
  }

  /** Gives it of what waits as much as it has room for. */
  private serve(desk: Desk): void {
    if (!this.isFree(desk)) return;
    if (this.suspects.size > 0 && this.serveSuspect(desk)) return;
    while (this.isFree(desk)) {
      const next = this.room.shift(this.holders.valuesOf(desk));
      if (!next) return;
      const { entry, common } = next;
      if (this.isStale(entry)) continue;
      // The jobs of the other lines are of values that it has.
      const value = common && this.match.otherwise !== "wait" ? this.valueOf(entry) : undefined;
      // Since it came into the line somebody has come to advertise what it needs.
      if (value !== undefined && this.holders.has(value) && !this.holders.of(value).has(desk)) this.place(entry, value);
      else this.give(entry, desk, value);
    }
  }

  /** True when the worker has a suspect now, or is to have nothing else before it is idle and can have one. */
  private serveSuspect(desk: Desk): boolean {
    for (const entry of this.suspects.toArray()) {
      if (this.isStale(entry)) {
        this.suspects.filter((other) => other !== entry);
        continue;
      }
      const value = this.valueOf(entry);
      const candidates = [...this.candidates(value)];
      if (!candidates.includes(desk)) continue;
      if (this.isFree(desk) && desk.pool.inHand === 0) {
        this.suspects.filter((other) => other !== entry);
        this.give(entry, desk, value);
        return true;
      }
      if (candidates.every(({ pool }) => pool.inHand >= desk.pool.inHand)) return true;
    }
    return false;
  }

  private serveAll(): void {
    if (this.depth > 0) for (const desk of this.open) this.serve(desk);
  }

  /** Nobody has them any more: whoever waits for one of them is served by whom the stage wants to. */
  private abandon(values: readonly string[]): void {
    if (this.match.otherwise !== "wait") for (const value of values) this.room.dissolve(value);
  }

  /** What it has not begun goes to others. */
  private close(desk: Desk): void {
    this.open.delete(desk);
    const entries = desk.pool.surrender();
    this.abandon(this.holders.remove(desk));
    for (const entry of entries.reverse()) {
      if (entry.suspect) this.suspects.unshift(entry);
      else this.room.unshift(entry, this.lineOf(this.valueOf(entry)));
    }
    this.serveAll();
  }

  /** It waited, but there is nothing left to do for it. */
  private isStale(entry: Entry): boolean {
    const { arrivedAt, deaths } = entry;
    const job = jobOf(entry);
    if (!this.sendings.isOld(job) && !this.ports.unwanted(job)) return false;
    this.tally.dropped++;
    this.log.add(job, "", arrivedAt, this.ports.now(), 0, Hop.dropped, deaths);
    return true;
  }
}

function valuesOf(attributes: Attributes, wanted: string): ReadonlySet<string> {
  return new Set(attributes.flatMap(([name, values]) => (name === wanted ? values : [])));
}
