import type { StageStats } from "../../plan/child.js";
import type { RequestKey, TracedHop } from "../../plan/trace.js";
import type { FromWorker, Job, ToWorker } from "../../protocol/messages.js";
import type { Link } from "../../transport/types.js";
import { hash } from "../hash.js";
import type { HopLog } from "../hop-log.js";
import { type Entry, jobOf } from "./custody.js";
import type { KeyOf } from "./job-key.js";
import { Pool } from "./pool.js";
import type { PoolOptions, PoolPorts, StagePool } from "./pool-types.js";
import { refuse } from "./refuse.js";
import { Tally } from "./tally.js";

/** One worker with a queue of its own. */
interface Desk {
  readonly pool: Pool;
  /** The worker's share of the keys follows from it, and so is the same after a restart. */
  readonly number: number;
}

/**
 * A stage's workers, each with a queue of its own: jobs with equal keys go to the same worker while it lives, even when
 * another is idle. Which worker that is comes out of rendezvous hashing (Thaler and Ravishankar, "Using name-based
 * mappings to increase hit rates", 1998): who comes takes over its share of the keys, who goes leaves its own to the
 * others, and no other key moves.
 */
export class KeyedPool implements StagePool {
  readonly tally = new Tally();
  private readonly desks = new Map<Link<ToWorker>, Desk>();
  /** Those that take new jobs: a worker that leaves only finishes what it runs. */
  private open: readonly Desk[] = [];
  /** Has no worker: jobs wait in it while nobody is there. */
  private readonly lobby: Pool;

  constructor(
    private readonly keyOf: KeyOf,
    private readonly options: PoolOptions & { readonly key: string },
    readonly ports: PoolPorts,
    readonly log: HopLog,
  ) {
    this.lobby = this.newPool();
  }

  add(job: Job): void {
    const key = this.keyOf(job);
    const { maxQueued } = this.options;
    if (key === undefined) {
      const message = `it has no text or number "${this.options.key}", the key by which its worker is chosen`;
      refuse(job, { message }, this);
    } else if (maxQueued !== undefined && job.attempt === 1 && this.sum((pool) => pool.depth) >= maxQueued) {
      refuse(job, { message: `its queue is full: ${maxQueued} jobs`, status: 503 }, this);
    } else this.poolOf(key).add(job);
  }

  receive(link: Link<ToWorker>, message: Exclude<FromWorker, { type: "hello" }>): void {
    const desk = this.desks.get(link);
    if (!desk) return;
    desk.pool.receive(link, message);
    if (message.type === "leave") this.close(desk);
  }

  join(link: Link<ToWorker>, name: string, credits: number): void {
    this.lose(link);
    const desk = { pool: this.newPool(), number: this.numberFor(name) };
    this.desks.set(link, desk);
    this.open = [...this.open, desk];
    desk.pool.join(link, name, credits);
    this.deal(this.pools());
  }

  lose(link: Link<ToWorker>): void {
    const desk = this.desks.get(link);
    if (!desk) return;
    this.desks.delete(link);
    desk.pool.lose(link);
    this.close(desk);
  }

  sweep(): void {
    for (const pool of this.pools()) pool.sweep();
  }

  abortUnwanted(): void {
    for (const pool of this.pools()) pool.abortUnwanted();
  }

  running(requests: readonly RequestKey[]): TracedHop[] {
    return this.pools().flatMap((pool) => pool.running(requests));
  }

  stats(): Omit<StageStats, "sent"> {
    const all = this.pools().map((pool) => pool.stats());
    const total = (key: "workers" | "idle" | "depth" | "inFlight") => all.reduce((sum, stats) => sum + stats[key], 0);
    return {
      ...all[0]!,
      workers: total("workers"),
      idle: total("idle"),
      depth: total("depth"),
      inFlight: total("inFlight"),
      oldestMs: Math.max(...all.map(({ oldestMs }) => oldestMs)),
    };
  }

  private close(desk: Desk): void {
    this.open = this.open.filter((other) => other !== desk);
    this.deal([desk.pool]);
  }

  /** Gives what waits in these pools to whom it belongs now. */
  private deal(pools: readonly Pool[]): void {
    const shares = new Map<Pool, Entry[]>();
    for (const entry of pools.flatMap((pool) => pool.surrender())) {
      const pool = this.poolOf(this.keyOf(jobOf(entry))!);
      const share = shares.get(pool);
      if (share) share.push(entry);
      else shares.set(pool, [entry]);
    }
    for (const [pool, entries] of shares) pool.admit(entries);
  }

  private poolOf(key: number): Pool {
    let chosen = this.lobby;
    let highest = -1;
    for (const { pool, number } of this.open) {
      const score = scramble(key ^ number);
      if (score <= highest) continue;
      highest = score;
      chosen = pool;
    }
    return chosen;
  }

  /** Names of workers from elsewhere may be equal: the second is to have its share too. */
  private numberFor(name: string): number {
    let number = hash(name);
    while (this.open.some((desk) => desk.number === number)) number = (number + 1) >>> 0;
    return number;
  }

  private pools(): readonly Pool[] {
    return [this.lobby, ...[...this.desks.values()].map(({ pool }) => pool)];
  }

  private sum(of: (pool: Pool) => number): number {
    return this.pools().reduce((sum, pool) => sum + of(pool), 0);
  }

  /** What is refused is counted for the stage as a whole. */
  private newPool(): Pool {
    return new Pool({ ...this.options, maxQueued: undefined, recalls: false }, this.ports, this.log, this.tally);
  }
}

/** The end of MurmurHash3 (Appleby): every bit of the result depends on every bit of the number. 32 bits. */
function scramble(number: number): number {
  let bits = number;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
