import { TimeHistogram } from "../../metrics/time-histogram.js";
import type { DeadLetter, SourceSummary } from "../../plan/child.js";
import type { SourcePlan } from "../../plan/types.js";
import type { Acks, ToOwner } from "../../protocol/messages.js";
import { type Body, byteLength } from "../../protocol/payload.js";
import { isFinished } from "../owner/claim.js";
import { bodyOf, type DeadLetterFile } from "../owner/dead-letters.js";
import { Ledger, type Ways } from "../owner/ledger.js";
import { RequestLog } from "../owner/request-log.js";
import type { Sent } from "../sent.js";
import type { Progress } from "./checkpoint.js";
import { Claims, entryOf, placeOf, type SourceClaim } from "./claim.js";
import { Done } from "./done.js";
import { Failures } from "./failures.js";
import type { Position } from "./lines.js";
import { Order } from "./order.js";

/**
 * Jobs that are sent while the oldest is not done: sinks and the checkpoint remember what is done beyond it, in some ten
 * bytes each here and a hundred there.
 */
const MOST_BEYOND = 1_000_000;

/** A source that was full reads on when it is no more than so full. */
const ENOUGH = 0.75;

/** Owns a source's jobs until they are done: bounds how many there are, and knows how far it has come. */
export class SourceJobs {
  private readonly ledger: Ledger<SourceClaim>;
  private readonly claims: Claims;
  private readonly settled: Done;
  private readonly order: Order<SourceClaim> | undefined;
  private readonly failures: Failures;
  /** Dead letters that were sent again: each is taken once. */
  private readonly taken = new Set<string>();
  /** From admission until it is done. */
  readonly latency = new TimeHistogram();
  /** Those that have ended. */
  readonly log: RequestLog;
  private bytes = 0;
  private resent = 0;
  done: number;
  private waiter: (() => void) | undefined;

  constructor(
    private readonly plan: SourcePlan,
    ways: Ways,
    letters: DeadLetterFile,
    progress: Progress,
    /** A job has come to its end. */
    private readonly onSettled: () => void,
  ) {
    this.ledger = new Ledger(plan, ways, { couples: true });
    this.claims = new Claims(plan);
    this.failures = new Failures(plan, this.session, letters, progress);
    this.log = new RequestLog({
      session: this.session,
      owner: plan.name,
      entryOf: (entry) => placeOf(plan, entry),
      openSince: (seq) => {
        const open = this.ledger.at(seq);
        return open && { startedAt: open.admittedAt, entry: entryOf(open) };
      },
    });
    const { orderedBy, owner } = plan;
    if (orderedBy.length > 0) {
      const linkTo = (sink: number) => ways.proxyOf(sink);
      this.order = new Order(this.ledger, owner, orderedBy, linkTo, (claim) => this.settle(claim, performance.now()));
    }
    this.settled = new Done(progress.floor);
    this.done = progress.floor - progress.failed;
    for (const [first, last] of progress.done) {
      for (let i = first; i <= last; i++) this.settled.add(i);
      this.done += last - first + 1;
    }
  }

  get session(): number {
    return this.ledger.session;
  }

  get sent(): Sent {
    return this.ledger.sent;
  }

  get pending(): number {
    return this.ledger.size;
  }

  get failed(): number {
    return this.failures.count;
  }

  get full(): boolean {
    const { maxInFlight, maxInFlightBytes } = this.plan.source;
    return this.ledger.size >= maxInFlight || this.bytes >= maxInFlightBytes || this.ledger.span >= MOST_BEYOND;
  }

  /** Enough for a good number: jobs that are sent one by one cost several times as much. */
  private get hasRoom(): boolean {
    const { maxInFlight, maxInFlightBytes } = this.plan.source;
    return (
      this.ledger.size <= ENOUGH * maxInFlight &&
      this.bytes <= ENOUGH * maxInFlightBytes &&
      this.ledger.span < MOST_BEYOND
    );
  }

  /** Resolves when there is room for more, or when nobody will make use of it. */
  room(): Promise<void> {
    return new Promise((resolve) => {
      this.waiter = resolve;
    });
  }

  wake(): void {
    const { waiter } = this;
    this.waiter = undefined;
    waiter?.();
  }

  isDone(index: number): boolean {
    return this.settled.has(index);
  }

  /**
   * @param index of the job in what is read, from 0; it begins at `offset`, after so many lines (or items)
   * @returns when that was, in ms of this process
   */
  admit(body: Body, index: number, offset: number, lines: number, letter?: DeadLetter): number {
    const { timeoutMs } = this.plan.source;
    const claim = this.claims.take();
    claim.body = body;
    if (timeoutMs !== undefined) claim.deadline = Date.now() + timeoutMs;
    claim.index = index;
    claim.offset = offset;
    claim.lines = lines;
    claim.bytes = byteLength(body.payload);
    claim.admittedAt = performance.now();
    claim.letter = letter;
    this.bytes += claim.bytes;
    this.ledger.admit(claim);
    return claim.admittedAt;
  }

  /** What was admitted leaves now, instead of at the end of the turn. */
  flush(): void {
    this.ledger.flush();
  }

  resend(letters: readonly DeadLetter[]): void {
    for (const letter of letters) {
      if (this.taken.has(letter.id)) continue;
      this.taken.add(letter.id);
      this.resent++;
      this.admit(bodyOf(letter), -this.resent, 0, 0, letter);
    }
    this.flush();
  }

  receive(message: ToOwner): void {
    if (message.type === "lost") {
      this.resendSoon();
      return;
    }
    if (message.type === "written") {
      if (message.session === this.session) this.order?.hear(message);
      return;
    }
    if (message.type === "acks") {
      this.receiveAll(message);
      return;
    }
    const claim = this.ledger.find(message);
    if (!claim) return;
    const isStray = message.attempt !== claim.attempt;
    if (message.type === "failure" && !isStray) claim.failure ??= message;
    const finished = this.ledger.finish(claim, message);
    // A join waits for it in vain.
    const isCut = message.type !== "ack" && message.gathered && !isStray;
    if (finished || isCut) this.end(claim, isCut || claim.failure !== undefined);
  }

  private receiveAll({ session, seq, count, attempt }: Acks): void {
    if (session !== this.session) return;
    const now = performance.now();
    for (let place = 0; place < count; place++) {
      const claim = this.ledger.at((seq + place) >>> 0);
      if (claim && this.ledger.finishWhole(claim, attempt)) this.end(claim, claim.failure !== undefined, now);
    }
  }

  resendSoon(): void {
    this.order?.doubt();
    this.ledger.resendSoon(() => {
      for (const claim of this.ledger.claims()) if (!claim.ended) claim.failure = undefined;
      this.order?.again();
    });
  }

  /** Fails what has taken too long. */
  expire(): void {
    const now = Date.now();
    for (const claim of this.ledger.claims()) {
      // One that is finished waits only for those before it.
      if (claim.deadline >= now || isFinished(claim)) continue;
      claim.failure ??= { stage: this.plan.name, message: `not done within ${this.plan.source.timeoutMs} ms` };
      this.end(claim, true);
    }
  }

  /** @param index of the job that is read next, which begins at `next` */
  progress(next: Position, index: number): Progress {
    // What an earlier run has done beyond the place that this one has come to is not passed over: it has no place yet.
    const floor = Math.min(this.settled.floor, index);
    const beyond: [number, number][] = floor < this.settled.floor ? [[floor, this.settled.floor - 1]] : [];
    const oldest = this.ledger.at(this.ledger.oldest);
    const first = oldest?.index === floor ? oldest : this.ledger.claims().find((claim) => claim.index === floor);
    const position = first ? { offset: first.offset, lines: first.lines } : next;
    const done = [...beyond, ...this.settled.ranges()];
    return { floor, position, done, failed: this.failed, lives: this.failures.lives };
  }

  summary(): Omit<SourceSummary, "tookMs" | "earlier"> {
    return { done: this.done, failed: this.failed, failures: this.failures.list() };
  }

  stop(): void {
    this.ledger.stop();
    this.wake();
  }

  /** @param cancelRest other parts of it may be in the graph */
  private end(claim: SourceClaim, cancelRest: boolean, now = performance.now()): void {
    if (claim.ended) return;
    if (cancelRest) {
      claim.ended = true;
      this.ledger.cancel(claim);
    }
    if (this.order) this.order.look();
    else this.settle(claim, now);
  }

  private settle(claim: SourceClaim, now: number): void {
    this.log.add(claim.seq, entryOf(claim), claim.admittedAt, now, claim.failure ? "failed" : "done");
    // Joins may wait for parts of an earlier sending. Only now: what is kept in order may have been sent again until here.
    if (claim.attempt > 1 && !claim.ended) this.ledger.cancel(claim);
    if (claim.failure) this.failures.add(claim, claim.failure);
    else {
      this.done++;
      this.latency.record((now - claim.admittedAt) * 1000);
    }
    this.ledger.close(claim);
    this.bytes -= claim.bytes;
    if (claim.letter !== undefined) this.failures.replace(claim.letter);
    if (claim.index >= 0) this.settled.add(claim.index);
    this.claims.giveBack(claim);
    if (this.waiter && this.hasRoom) this.wake();
    this.onSettled();
  }
}
