import { fromShared, toShared } from "../metrics/shared-clock.js";
import {
  HOP_OUTCOMES,
  type HopOutcome,
  NO_TRACE,
  type RequestKey,
  type TraceAnswer,
  type TracedHop,
  type TraceQuestion,
} from "../plan/trace.js";
import type { Load, Train } from "../protocol/messages.js";

const LOOK_BITS = 0xfff;

/** 3.1 MB, of which the machine gives only what has been written to. */
const REMEMBERED = 65_536;

export const Hop = { done: 0, failed: 1, refused: 2, dropped: 3, running: 4 } as const satisfies Record<
  HopOutcome,
  number
>;

/**
 * Remembers the jobs that were settled here last, in the order in which they were. Adding one is a dozen stores into
 * arrays that are there already; whoever asks has the work of searching them.
 */
export class HopLog {
  private readonly mask: number;
  private readonly session: Uint32Array;
  private readonly seq: Uint32Array;
  private readonly hop: Uint32Array;
  private readonly service: Uint32Array;
  private readonly from: Uint16Array;
  private readonly to: Uint16Array;
  private readonly attempt: Uint16Array;
  private readonly deaths: Uint8Array;
  private readonly outcome: Uint8Array;
  private readonly arrivedAt: Float64Array;
  private readonly settledAt: Float64Array;
  private readonly worker: string[];
  /** Counts all that were ever added. */
  private count = 0;
  private readonly since = performance.now();

  /** @param size a power of two */
  constructor(private readonly size = REMEMBERED) {
    this.mask = size - 1;
    this.session = new Uint32Array(size);
    this.seq = new Uint32Array(size);
    this.hop = new Uint32Array(size);
    this.service = new Uint32Array(size);
    this.from = new Uint16Array(size);
    this.to = new Uint16Array(size);
    this.attempt = new Uint16Array(size);
    this.deaths = new Uint8Array(size);
    this.outcome = new Uint8Array(size);
    this.arrivedAt = new Float64Array(size);
    this.settledAt = new Float64Array(size);
    this.worker = new Array<string>(size).fill("");
  }

  /**
   * Both times in ms of this process.
   * @param worker "" when none had it
   */
  add(
    job: Load,
    worker: string,
    arrivedAt: number,
    settledAt: number,
    serviceUs: number,
    outcome: (typeof Hop)[HopOutcome],
    deaths: number,
  ): void {
    const at = this.count++ & this.mask;
    this.session[at] = job.session;
    this.seq[at] = job.seq;
    this.hop[at] = job.hops;
    this.service[at] = serviceUs;
    this.from[at] = job.from;
    this.to[at] = job.to;
    this.attempt[at] = job.attempt;
    this.deaths[at] = deaths;
    this.outcome[at] = outcome;
    this.arrivedAt[at] = arrivedAt;
    this.settledAt[at] = settledAt;
    this.worker[at] = worker;
  }

  /** Jobs that were done, all at the same time. @param services in the handler, in microseconds, one for each job */
  addTrain(train: Train, worker: string, arrivedAt: number, settledAt: number, services: Uint32Array): void {
    // Field by field: of long rows of numbers the machine writes several at once.
    for (let done = 0; done < services.length; ) {
      const at = this.count & this.mask;
      const count = Math.min(services.length - done, this.size - at);
      const end = at + count;
      for (let i = 0; i < count; i++) this.seq[at + i] = train.seq + done + i;
      this.session.fill(train.session, at, end);
      this.hop.fill(train.hops, at, end);
      this.service.set(services.subarray(done, done + count), at);
      this.from.fill(train.from, at, end);
      this.to.fill(train.to, at, end);
      this.attempt.fill(train.attempt, at, end);
      this.deaths.fill(0, at, end);
      this.outcome.fill(Hop.done, at, end);
      this.arrivedAt.fill(arrivedAt, at, end);
      this.settledAt.fill(settledAt, at, end);
      this.worker.fill(worker, at, end);
      this.count += count;
      done += count;
    }
  }

  /** All that were settled after it are remembered, in ms of the shared clock. */
  get rememberedSince(): number {
    return toShared(this.count <= this.size ? this.since : this.settledAt[this.count & this.mask]!);
  }

  /** @param running what is known of these that is not settled yet */
  answer(question: TraceQuestion, running: (requests: readonly RequestKey[]) => readonly TracedHop[]): TraceAnswer {
    if (question.about !== "hops") return NO_TRACE;
    const { requests, since, most } = question;
    const settled = this.find(requests, fromShared(since), most);
    const hopsSince = settled.length < most ? this.rememberedSince : Number.POSITIVE_INFINITY;
    return { requests: [], hops: [...settled, ...running(requests)], hopsSince };
  }

  /** The last of these that were settled after `since`, in ms of this process; the newest first. */
  find(requests: readonly RequestKey[], since: number, most: number): TracedHop[] {
    const found: TracedHop[] = [];
    // Most jobs are of none of them, and are passed over by one look.
    const maybe = new Uint8Array(LOOK_BITS + 1);
    for (const { seq } of requests) maybe[seq & LOOK_BITS] = 1;
    const oldest = Math.max(0, this.count - this.size);
    for (let i = this.count - 1; i >= oldest && found.length < most; i--) {
      const at = i & this.mask;
      if (this.settledAt[at]! < since) break;
      if (maybe[this.seq[at]! & LOOK_BITS] === 0) continue;
      for (const { session, seq } of requests) {
        if (this.seq[at] === seq && this.session[at] === session) found.push(this.at(at));
      }
    }
    return found;
  }

  private at(at: number): TracedHop {
    const arrivedAt = this.arrivedAt[at]!;
    return {
      session: this.session[at]!,
      seq: this.seq[at]!,
      hop: this.hop[at]!,
      from: this.from[at]!,
      stage: this.to[at]!,
      worker: this.worker[at]!,
      arrivedAt: toShared(arrivedAt),
      tookMs: this.settledAt[at]! - arrivedAt,
      serviceMs: this.service[at]! / 1000,
      outcome: HOP_OUTCOMES[this.outcome[at]!]!,
      attempt: this.attempt[at]!,
      deaths: this.deaths[at]!,
    };
  }
}
