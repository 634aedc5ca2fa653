import type { DeadLetter } from "../../plan/child.js";
import type { EntryPlan, SourcePlan } from "../../plan/types.js";
import type { Failure } from "../../protocol/messages.js";
import { type Body, PayloadKind } from "../../protocol/payload.js";
import type { Claim } from "../owner/claim.js";

/** What people call a job of each kind of input. */
const ITEMS = { stdin: "line", file: "line", module: "item", ticks: "tick" } as const;

/** In place of the number of a line: it is a dead letter. */
const SENT_AGAIN = 0;

const NOTHING: Body = { kind: PayloadKind.json, payload: "" };

/** A job that is not done. */
export class SourceClaim implements Claim {
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

/** What one claim was serves the next: they come and go by the thousand, and outlive young collections. */
export class Claims {
  private readonly spare: SourceClaim[] = [];

  constructor(private readonly plan: SourcePlan) {}

  /** Whoever takes it sets what tells its job from others. */
  take(): SourceClaim {
    return this.spare.pop() ?? new SourceClaim(this.plan.entry, this.plan.lane);
  }

  giveBack(claim: SourceClaim): void {
    // What it kept may be large.
    claim.body = NOTHING;
    claim.failure = undefined;
    claim.letter = undefined;
    claim.attempt = 1;
    claim.ended = false;
    this.spare.push(claim);
  }
}

/** The number of its line or item, from 1. */
export function entryOf({ letter, lines }: SourceClaim): number {
  return letter ? SENT_AGAIN : lines + 1;
}

/** How people find the job of an entry: `line 17`. Undefined: its number is not known any more. */
export function placeOf({ source }: SourcePlan, entry: number): string | undefined {
  return entry === SENT_AGAIN ? undefined : `${ITEMS[source.input.kind]} ${entry}`;
}
