import type { StageStats } from "../../plan/child.js";
import type { RequestKey, TracedHop } from "../../plan/trace.js";
import type { FromWorker, Job, Load, Output, ToWorker } from "../../protocol/messages.js";
import type { Link } from "../../transport/types.js";
import { Fifo } from "../fifo.js";
import type { HopLog } from "../hop-log.js";
import { NumberMap } from "../number-map.js";
import type { Outcome } from "./copies.js";
import { Pool } from "./pool.js";
import type { PoolOptions, PoolPorts, StagePool } from "./pool-types.js";
import { Tally } from "./tally.js";

/** A job of which each worker that was there when it came has a copy. */
interface Broadcast {
  /** 32 bits, unique among those that are under way. */
  readonly id: number;
  readonly job: Job;
  /** Copies of which nothing has been heard. */
  left: number;
  /** Workers that died with it in hand. */
  deaths: number;
  /** Some of those that were given it last are among them. */
  deadly: boolean;
  /** How often all that were given it were gone and none was done, some of them dead of it. */
  lost: number;
  /** What came of the copies that are done. */
  readonly outcomes: Outcome[];
  /** What the first that threw said. */
  failure: { readonly message: string; readonly status: number } | undefined;
}

/** It names its broadcast; whatever else a job has is as it was, since it is queued by that. */
interface Copy extends Job {
  readonly broadcast: number;
}

/**
 * A stage's workers, each with a queue of its own and a copy of every job. The job is over when every worker that was
 * there when it came is done with it or gone; what came of the copies is what came of the job then. When all are gone and
 * none was done, those that come get it.
 */
export class BroadcastPool implements StagePool {
  private readonly tally = new Tally();
  /** Counts copies, where the other one counts jobs. */
  private readonly copies = new Tally();
  private readonly pools = new Map<Link<ToWorker>, Pool>();
  /** Those that take new jobs: a worker that leaves only finishes what it runs. */
  private readonly open = new Set<Pool>();
  private readonly broadcasts = new NumberMap<Broadcast>();
  private nextId = 0;
  /** There is no worker. */
  private readonly lobby = new Fifo<{ readonly broadcast: Broadcast; readonly since: number }>();

  constructor(
    private readonly options: PoolOptions,
    private readonly ports: PoolPorts,
    private readonly log: HopLog,
    /** What comes of a job, by what came of its copies: of one at least. */
    private readonly outputsOf: (outcomes: readonly Outcome[]) => readonly Output[],
  ) {}

  add(job: Job): void {
    this.tally.received++;
    const { maxQueued } = this.options;
    if (maxQueued !== undefined && job.attempt === 1 && this.longestQueue() >= maxQueued) {
      this.tally.failed++;
      this.ports.refused(job, `its queue is full: ${maxQueued} jobs`, { status: 503 });
      return;
    }
    const id = this.nextId;
    this.nextId = (id + 1) >>> 0;
    this.give({ id, job, left: 0, deaths: 0, deadly: false, lost: 0, outcomes: [], failure: undefined });
  }

  receive(link: Link<ToWorker>, message: Exclude<FromWorker, { type: "hello" }>): void {
    const pool = this.pools.get(link);
    if (!pool) return;
    pool.receive(link, message);
    if (message.type === "leave") this.close(pool);
  }

  join(link: Link<ToWorker>, name: string, credits: number): void {
    this.lose(link);
    const pool = this.newPool(name);
    this.pools.set(link, pool);
    this.open.add(pool);
    pool.join(link, name, credits);
    for (let next = this.lobby.shift(); next; next = this.lobby.shift()) this.give(next.broadcast);
  }

  lose(link: Link<ToWorker>): void {
    const pool = this.pools.get(link);
    if (!pool) return;
    this.pools.delete(link);
    pool.lose(link);
    this.close(pool);
  }

  sweep(): void {
    for (const pool of this.pools.values()) pool.sweep();
    let dropped = this.lobby.filter(({ broadcast }) => !this.ports.unwanted(broadcast.job));
    for (const { id, job } of this.broadcasts.values()) {
      if (this.ports.unwanted(job) && this.broadcasts.delete(id)) dropped++;
    }
    this.tally.dropped += dropped;
  }

  abortUnwanted(): void {
    for (const pool of this.pools.values()) pool.abortUnwanted();
  }

  running(requests: readonly RequestKey[]): TracedHop[] {
    return [...this.pools.values()].flatMap((pool) => pool.running(requests));
  }

  /** Depth and jobs in flight are those of all copies; jobs are counted once. */
  stats(): Omit<StageStats, "sent"> {
    const all = [...this.pools.values()].map((pool) => pool.stats());
    const total = (key: "workers" | "idle" | "depth" | "inFlight") => all.reduce((sum, stats) => sum + stats[key], 0);
    const since = this.lobby.peek()?.since;
    const { wait, service, redelivered } = this.copies.stats();
    return {
      ...this.tally.stats(),
      stage: this.options.stage,
      workers: total("workers"),
      idle: total("idle"),
      depth: total("depth") + this.lobby.size,
      oldestMs: Math.max(since === undefined ? 0 : this.ports.now() - since, ...all.map(({ oldestMs }) => oldestMs)),
      inFlight: total("inFlight"),
      gathering: 0,
      redelivered,
      wait,
      service,
    };
  }

  /** To all who are there now. */
  private give(broadcast: Broadcast): void {
    if (this.open.size === 0) {
      this.lobby.push({ broadcast, since: this.ports.now() });
      return;
    }
    broadcast.left = this.open.size;
    broadcast.deadly = false;
    this.broadcasts.set(broadcast.id, broadcast);
    const copy: Copy = { broadcast: broadcast.id, ...broadcast.job };
    for (const pool of this.open) pool.add(copy);
  }

  /** What it has not begun it will not do; what it runs, if it lives, it will still tell of. */
  private close(pool: Pool): void {
    this.open.delete(pool);
    for (const { job, deaths } of pool.surrender()) {
      const broadcast = this.broadcastOf(job);
      if (!broadcast) continue;
      broadcast.deaths += deaths;
      broadcast.deadly ||= deaths > 0;
      this.countDown(broadcast);
    }
  }

  private longestQueue(): number {
    let longest = this.lobby.size;
    for (const { depth } of this.open) if (depth > longest) longest = depth;
    return longest;
  }

  /** None, if nobody wants it any more. */
  private broadcastOf(copy: Load): Broadcast | undefined {
    return this.broadcasts.get((copy as Copy).broadcast);
  }

  private countDown(broadcast: Broadcast): void {
    broadcast.left--;
    if (broadcast.left > 0) return;
    const { id, job, failure, outcomes } = broadcast;
    this.broadcasts.delete(id);
    if (failure) {
      this.tally.failed++;
      this.ports.failed(job, failure.message, failure.status);
    } else if (outcomes.length > 0) {
      this.tally.done++;
      this.ports.done(job, this.outputsOf(outcomes));
    } else this.giveAgain(broadcast);
  }

  /** All that had it are gone. */
  private giveAgain(broadcast: Broadcast): void {
    if (broadcast.deadly) broadcast.lost++;
    if (broadcast.lost < this.options.maxAttempts) this.give(broadcast);
    else {
      this.tally.failed++;
      const message = `all of its workers died with this job in hand, ${broadcast.deaths} in all`;
      this.ports.refused(broadcast.job, message, { poison: true });
    }
  }

  private fail(copy: Job, message: string, status: number): void {
    const broadcast = this.broadcastOf(copy);
    if (!broadcast) return;
    broadcast.failure ??= { message, status };
    this.countDown(broadcast);
  }

  private newPool(worker: string): Pool {
    const options = { ...this.options, maxAttempts: Number.POSITIVE_INFINITY, maxQueued: undefined, recalls: false };
    const ports: PoolPorts = {
      done: (copy, outputs) => {
        const broadcast = this.broadcastOf(copy);
        if (!broadcast) return;
        broadcast.outcomes.push({ worker, outputs });
        this.countDown(broadcast);
      },
      trainDone: noTrains,
      failed: (copy, message, status) => this.fail(copy, message, status),
      refused: (copy, message, { status = 0 }) => this.fail(copy, message, status),
      unwanted: (copy) => this.ports.unwanted(copy),
      partlyUnwanted: noTrains,
      now: () => this.ports.now(),
    };
    return new Pool(options, ports, this.log, this.copies);
  }
}

function noTrains(): never {
  throw new Error("a copy is never part of a train");
}
