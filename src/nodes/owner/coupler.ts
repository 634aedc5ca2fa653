import { type Payloads, PayloadsWriter } from "../../protocol/payloads.js";
import { LARGEST_TRAIN_BYTES, LONGEST_TRAIN } from "../load.js";
import type { Claim } from "./claim.js";

/** Couples claims that are sent in one turn of the event loop, as long as they differ in nothing but their payloads. */
export class Coupler<C extends Claim> {
  private first: C | undefined;
  private last: C | undefined;
  private readonly payloads = new PayloadsWriter();

  /** @param sendTrain gets the first of the claims, and the payloads of all */
  constructor(
    private readonly sendJob: (claim: C) => void,
    private readonly sendTrain: (first: C, payloads: Payloads) => void,
  ) {}

  add(claim: C): void {
    if (this.first && !this.follows(claim)) this.flush();
    if (!this.first) {
      this.first = claim;
      // Behind all promises that are settled now: whoever is read from may have more by then.
      process.nextTick(this.flush);
    } else {
      const { payloads } = this;
      if (payloads.count === 0) payloads.add(this.first.body.payload);
      payloads.add(claim.body.payload);
      if (payloads.count === LONGEST_TRAIN || payloads.size > LARGEST_TRAIN_BYTES) {
        this.flush();
        return;
      }
    }
    this.last = claim;
  }

  /** What waits for others leaves now. */
  readonly flush = (): void => {
    const { first, payloads } = this;
    if (!first) return;
    this.first = undefined;
    if (payloads.count === 0) this.sendJob(first);
    else this.sendTrain(first, payloads.take());
  };

  private follows(claim: C): boolean {
    const [first, last] = [this.first!, this.last!];
    return (
      claim.seq === (last.seq + 1) >>> 0 &&
      claim.entry === first.entry &&
      isPlain(claim) &&
      isPlain(first) &&
      claim.body.kind === first.body.kind &&
      claim.lane === first.lane &&
      claim.deadline === first.deadline &&
      claim.attempt === first.attempt
    );
  }
}

/** It goes to one stage, whole. */
function isPlain({ entry, trace }: Claim): boolean {
  return entry.targets.length === 1 && entry.origin === undefined && trace === "";
}
