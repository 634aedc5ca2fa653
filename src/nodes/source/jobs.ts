import { TimeHistogram } from "../../metrics/time-histogram.js";
import type { DeadLetter, JobFailure, SourceSummary } from "../../plan/child.js";
import type { EntryPlan, SourcePlan } from "../../plan/types.js";
import { type Acks, type Failure, requestName, type ToOwner } from "../../protocol/messages.js";
import { type Body, byteLength, PayloadKind } from "../../protocol/payload.js";
import { type Claim, isFinished } from "../owner/claim.js";
import { bodyOf, type DeadLetterFile, payloadOf } from "../owner/dead-letters.js";
import { Ledger, type Ways } from "../owner/ledger.js";
import { RequestLog } from "../owner/request-log.js";
import type { Sent } from "../sent.js";
import type { Progress } from "./checkpoint.js";
import { Done } from "./done.js";
import type { Position } from "./lines.js";
import { Order } from "./order.js";

/** Failures that are kept to be told at the end. */
const MOST_TOLD = 20;

/**
 * Jobs that are sent while the oldest is not done: sinks and the checkpoint remember what is done beyond it, in some ten
 * bytes each here and a hundred there.
 */
const MOST_BEYOND = 1_000_000;

/** A source that was full reads on when it is no more than so full. */
const ENOUGH = 0.75;

/** What people call a job of each kind of input. */
const ITEMS = { stdin: "line", file: "line", module: "item", ticks: "tick" } as const;

/** In place of the number of a line: it is a dead letter. */
const SENT_AGAIN = 0;

const NOTHING: Body = { kind: PayloadKind.json, payload: "" };

/** A job that is not done. What one was serves the next: they come and go by the thousand, and outlive young collections. */
class SourceClaim implements Claim {
  seq = 0;
  body = NOTHING;
  deadline = Number.POSITIVE_INFINITY;
  readonly trace = "";
  attempt = 1;
  whole = true;
  restHigh = 0;
  restLow = 0;
  /** Counted from 0 in what is read; below 0 for what is sent again. */
  index = 0;
  /** Where it was read. */
  offset = 0;
  lines = 0;
  bytes = 0;
  admittedAt = 0;
  failure: Pick<Failure, "stage" | "message"> | undefined = undefined;
  /** What it was when it failed before: it is sent again. */
  letter: DeadLetter | undefined = undefined;
  /** Nothing of it is waited for any more, finished or not. */
  ended = false;

  constructor(
    readonly entry: EntryPlan,
    readonly lane: number,
  ) {}
}

/** Owns a source's jobs until they are done: bounds how many there are, and knows how far it has come. */
export class SourceJobs {
  private readonly ledger: Ledger<SourceClaim>;
  private readonly settled: Done;
  /** Claims to be used again. */
  private readonly spare: SourceClaim[] = [];
  private readonly order: Order<SourceClaim> | undefined;
  private readonly failures = new Map<string, JobFailure>();
  /** In which jobs have failed that count as failed, as their dead letters name them. */
  private readonly lives: Set<string>;
  /** Dead letters that were sent again: each is taken once. */
  private readonly taken = new Set<string>();
  /** From admission until it is done. */
  readonly latency = new TimeHistogram();
  /** Those that have ended. */
  readonly log: RequestLog;
  private bytes = 0;
  private resent = 0;
  done: number;
  failed: number;
  private waiter: (() => void) | undefined;

  constructor(
    private readonly plan: SourcePlan,
    ways: Ways,
    private readonly letters: DeadLetterFile,
    progress: Progress,
    /** A job has come to its end. */
    private readonly onSettled: () => void,
  ) {
    this.ledger = new Ledger(plan, ways, { couples: true });
    this.log = new RequestLog({
      session: this.session,
      owner: plan.name,
      entryOf: (line) => (line === SENT_AGAIN ? undefined : this.placeOf(line)),
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
    this.failed = progress.failed;
    this.lives = new Set(progress.lives);
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
    const claim = this.spare.pop() ?? new SourceClaim(this.plan.entry, this.plan.lane);
    claim.body = body;
    if (timeoutMs !== undefined) claim.deadline = Date.now() + timeoutMs;
    claim.attempt = 1;
    claim.index = index;
    claim.offset = offset;
    claim.lines = lines;
    claim.bytes = byteLength(body.payload);
    claim.admittedAt = performance.now();
    claim.letter = letter;
    claim.ended = false;
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
    return { floor, position, done, failed: this.failed, lives: [...this.lives] };
  }

  summary(): Omit<SourceSummary, "tookMs"> {
    return { done: this.done, failed: this.failed, failures: [...this.failures.values()] };
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
    if (claim.failure) this.fail(claim, claim.failure);
    else {
      this.done++;
      this.latency.record((now - claim.admittedAt) * 1000);
    }
    this.ledger.close(claim);
    this.bytes -= claim.bytes;
    if (claim.letter !== undefined) this.replace(claim.letter);
    if (claim.index >= 0) this.settled.add(claim.index);
    // What it kept may be large.
    claim.body = NOTHING;
    claim.failure = undefined;
    claim.letter = undefined;
    this.spare.push(claim);
    if (this.waiter && this.hasRoom) this.wake();
    this.onSettled();
  }

  /** It was sent again and has come to its end, this way or the other: it is not one of the failed any more. */
  private replace({ id }: DeadLetter): void {
    this.letters.remove(id);
    // One that failed in another run is not among those that are counted here.
    if (this.lives.has(lifeOf(id))) this.failed--;
    this.failures.delete(id);
  }

  private fail(claim: SourceClaim, { stage, message }: Pick<Failure, "stage" | "message">): void {
    this.failed++;
    const { body, seq, lane } = claim;
    const { name } = this.plan;
    const job = this.titleOf(claim);
    const id = requestName(this.session, seq);
    this.lives.add(lifeOf(id));
    if (this.failures.size < MOST_TOLD) this.failures.set(id, { job, stage, message });
    // Before it counts as settled: it must not be lost between the two.
    this.letters.add({
      id,
      time: new Date().toISOString(),
      owner: name,
      entry: job,
      route: 0,
      stage,
      message,
      ...payloadOf(body),
      lane,
    });
  }

  /** How people find it: `line 17`. */
  private titleOf({ letter, lines }: SourceClaim): string {
    return letter ? letter.entry : this.placeOf(lines + 1);
  }

  private placeOf(line: number): string {
    return `${ITEMS[this.plan.source.input.kind]} ${line}`;
  }
}

/** The number of its line or item, from 1. */
function entryOf({ letter, lines }: SourceClaim): number {
  return letter ? SENT_AGAIN : lines + 1;
}

/** The life of the source in which the job of a dead letter was made: its name begins with the session. */
function lifeOf(letter: string): string {
  return letter.slice(0, letter.indexOf("-"));
}
