import type { ToProxy, Written } from "../../protocol/messages.js";
import type { Link } from "../../transport/types.js";
import { type Claim, isFinished } from "../owner/claim.js";
import type { Ledger } from "../owner/ledger.js";
import { isBefore } from "../seq.js";

/** A claim that may have been ended before all of it was finished. */
interface Ended extends Claim {
  readonly ended: boolean;
}

/**
 * Keeps the order of a source's results: sinks hold what comes to them until all jobs before it are finished. Such a job
 * counts as done when every sink has written what it held of it: what a sink holds dies with it, and is sent again.
 */
export class Order<C extends Ended> {
  /** Up to here sinks may write. */
  private released = 0;
  private readonly written: Map<number, number>;
  private scheduled = false;
  /** Something was lost, and is not sent again yet: what sinks say may be about less than they have acknowledged. */
  private doubtful = false;

  /** @param sinks their numbers @param settle called with each claim that is written, in order */
  constructor(
    private readonly ledger: Ledger<C>,
    private readonly owner: number,
    private readonly sinks: readonly number[],
    private readonly linkTo: (sink: number) => Link<ToProxy>,
    private readonly settle: (claim: C) => void,
  ) {
    this.written = new Map(sinks.map((sink) => [sink, 0]));
  }

  /** A claim is finished, or ended. */
  look(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.release();
    });
  }

  doubt(): void {
    this.doubtful = true;
  }

  /** All is sent again: what was finished is not any more. */
  again(): void {
    this.doubtful = false;
    this.released = this.ledger.oldest;
    for (const sink of this.sinks) this.written.set(sink, this.released);
    // Of those that have failed nothing more is heard.
    this.look();
  }

  hear({ sink, upTo }: Written): void {
    if (this.doubtful || !this.written.has(sink)) return;
    this.written.set(sink, upTo);
    let limit = this.released;
    for (const seq of this.written.values()) if (isBefore(seq, limit)) limit = seq;
    for (let seq = this.ledger.oldest; isBefore(seq, limit); ) {
      const claim = this.ledger.at(seq);
      if (claim) this.settle(claim);
      seq = (seq + 1) >>> 0;
      if (isBefore(seq, this.ledger.oldest)) seq = this.ledger.oldest;
    }
  }

  private release(): void {
    if (this.doubtful) return;
    const { ledger, owner } = this;
    const { session } = ledger;
    let upTo = this.released;
    while (isBefore(upTo, ledger.newest) && isOver(ledger.at(upTo))) upTo = (upTo + 1) >>> 0;
    if (upTo === this.released) return;
    this.released = upTo;
    for (const sink of this.sinks) this.linkTo(sink).send({ type: "release", session, owner, upTo });
  }
}

function isOver(claim: Ended | undefined): boolean {
  return claim === undefined || claim.ended || isFinished(claim);
}
