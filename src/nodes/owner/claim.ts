import type { EntryPlan } from "../../plan/types.js";
import type { Body } from "../../protocol/payload.js";

/** Something that an owner has sent into the graph, kept whole until it is over, to be sent again if it may be lost. */
export interface Claim {
  seq: number;
  readonly entry: EntryPlan;
  readonly body: Body;
  readonly lane: number;
  /** ms since 1970; Infinity: never. */
  readonly deadline: number;
  /** W3C traceparent, or "". */
  readonly trace: string;
  attempt: number;
  /** Nothing of it is waited for any more. */
  readonly ended?: boolean;
  /** Nothing of what was last sent is finished: then there is no need to know its rest, and most claims never do. */
  whole: boolean;
  /** The exclusive or of its parts that are not finished; means nothing while it is whole. */
  restHigh: number;
  restLow: number;
}

/** Nothing of what was last sent is left. */
export function isFinished({ whole, restHigh, restLow }: Claim): boolean {
  return !whole && restHigh === 0 && restLow === 0;
}
