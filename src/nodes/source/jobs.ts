import type { DeadLetter, JobFailure, SourceSummary } from "../../plan/child.js";
import type { SourcePlan } from "../../plan/types.js";
import { type Failure, requestName, type ToOwner } from "../../protocol/messages.js";
import { type Body, byteLength } from "../../protocol/payload.js";
import { bodyOf, type DeadLetterFile, payloadOf } from "../owner/dead-letters.js";
import { type Claim, Ledger, type Ways } from "../owner/ledger.js";
import type { Progress } from "./checkpoint.js";
import { Done } from "./done.js";
import type { Position } from "./lines.js";

/** Failures that are kept to be told at the end. */
const MOST_TOLD = 20;

/** One thing that a source has read. */
export interface Item {
  /** Counted from 0 in what is read. */
  readonly index: number;
  /** How people find it: `line 17`. */
  readonly title: string;
  readonly position: Position;
  readonly body: Body;
}

interface SourceClaim extends Claim {
  readonly item: Item;
  readonly bytes: number;
  failure: Pick<Failure, "stage" | "message"> | undefined;
  /** It was sent again after it had failed: by this name. */
  readonly letter: string | undefined;
}

/** Owns a source's jobs until they are done: bounds how many there are, and knows how far it has come. */
export class SourceJobs {
  private readonly ledger: Ledger<SourceClaim>;
  private readonly settled: Done;
  private readonly failures: JobFailure[] = [];
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
    this.ledger = new Ledger(plan, ways);
    this.failed = progress.failed;
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

  get pending(): number {
    return this.ledger.size;
  }

  get full(): boolean {
    const { maxInFlight, maxInFlightBytes } = this.plan.source;
    return this.ledger.size >= maxInFlight || this.bytes >= maxInFlightBytes;
  }

  /** Resolves when there is room for one more, or when nobody will make use of it. */
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

  admit(item: Item, letter?: string): void {
    const { timeoutMs } = this.plan.source;
    const bytes = byteLength(item.body.payload);
    this.bytes += bytes;
    this.ledger.admit((seq) => ({
      seq,
      entry: this.plan.entry,
      body: item.body,
      lane: this.plan.lane,
      deadline: timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs,
      trace: "",
      attempt: 1,
      restHigh: 0,
      restLow: 0,
      item,
      bytes,
      failure: undefined,
      letter,
    }));
  }

  resend(letters: readonly DeadLetter[]): void {
    for (const letter of letters) {
      this.resent++;
      const position = { offset: 0, lines: 0 };
      this.admit({ index: -this.resent, title: letter.entry, position, body: bodyOf(letter) }, letter.id);
    }
  }

  receive(message: ToOwner): void {
    if (message.type === "lost") {
      this.ledger.resendSoon();
      return;
    }
    const claim = this.ledger.find(message);
    if (!claim) return;
    const isStray = message.attempt !== claim.attempt;
    if (message.type === "failure" && !isStray) claim.failure ??= message;
    const finished = this.ledger.finish(claim, message);
    // A join waits for it in vain.
    const isCut = message.type !== "ack" && message.gathered && !isStray;
    if (finished || isCut) this.settle(claim, isCut || claim.failure !== undefined);
  }

  resendSoon(): void {
    this.ledger.resendSoon();
  }

  /** Fails what has taken too long. */
  expire(): void {
    const now = Date.now();
    for (const claim of this.ledger.claims()) {
      if (claim.deadline >= now) continue;
      claim.failure ??= { stage: this.plan.name, message: `not done within ${this.plan.source.timeoutMs} ms` };
      this.settle(claim, true);
    }
  }

  /** @param next where reading goes on */
  progress(next: Position): Progress {
    const { floor } = this.settled;
    const first = this.ledger.claims().find(({ item }) => item.index === floor);
    return { floor, position: first?.item.position ?? next, done: this.settled.ranges(), failed: this.failed };
  }

  summary(): SourceSummary {
    return { done: this.done, failed: this.failed, failures: this.failures };
  }

  stop(): void {
    this.ledger.stop();
    this.wake();
  }

  /** @param cancelRest other parts of it may be in the graph */
  private settle(claim: SourceClaim, cancelRest: boolean): void {
    if (cancelRest) this.ledger.cancel(claim);
    if (claim.failure) this.fail(claim, claim.failure);
    else this.done++;
    this.ledger.close(claim);
    this.bytes -= claim.bytes;
    if (claim.letter !== undefined) this.letters.remove(claim.letter);
    if (claim.item.index >= 0) this.settled.add(claim.item.index);
    if (this.waiter && !this.full) this.wake();
    this.onSettled();
  }

  private fail(claim: SourceClaim, { stage, message }: Pick<Failure, "stage" | "message">): void {
    this.failed++;
    const { item, seq, lane } = claim;
    const { name } = this.plan;
    if (this.failures.length < MOST_TOLD) this.failures.push({ job: item.title, stage, message });
    // Before it counts as settled: it must not be lost between the two.
    this.letters.add({
      id: requestName(this.session, seq),
      time: new Date().toISOString(),
      owner: name,
      entry: item.title,
      route: 0,
      stage,
      message,
      ...payloadOf(item.body),
      lane,
    });
  }
}
