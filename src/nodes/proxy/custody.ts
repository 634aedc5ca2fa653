import { toShared } from "../../metrics/shared-clock.js";
import type { TracedHop } from "../../plan/trace.js";
import type { Job, ToWorker } from "../../protocol/messages.js";
import type { Link } from "../../transport/types.js";
import type { Hand } from "./hand.js";

/** A job in this pool's custody: queued, or delivered to one worker and perhaps recalled from others. */
export interface Entry {
  readonly job: Job;
  /** In the pool, which for what was gathered is when the last part had come. */
  readonly arrivedAt: number;
  /** Workers that died with it for certain, or could not be told apart. */
  deaths: number;
  /** It was in the hands of a worker that died among others: it runs alone, so that the next death is plain. */
  suspect: boolean;
  /** A worker that it was recalled from had started it, and has finished it, while it lay in the queue again. */
  settled: boolean;
  /** In the hands of this worker; undefined: in the queue. */
  current: Delivery | undefined;
  /** Recalled, but the worker may have started it before it read so. */
  recalled: Delivery[] | undefined;
}

export interface Delivery {
  /** Its neighbours in the hand that it is in. */
  before: Delivery | undefined;
  after: Delivery | undefined;
  readonly slot: number;
  readonly entry: Entry;
  readonly member: Member;
  /** Given to another worker; this one forgets it, unless it had started. */
  recalled: boolean;
  /** Not wanted any more; it still counts as in hand until the worker says that it is rid of it. */
  cancelled: boolean;
}

/** A worker, as its pool sees it. */
export interface Member {
  readonly link: Link<ToWorker>;
  readonly name: string;
  credits: number;
  /** In the order of delivery, which is the order in which the worker starts them. Recalled ones are not in it. */
  readonly held: Hand<Delivery>;
  leaving: boolean;
  /** It was given all that it wants, and has not yet done half of it. */
  sated: boolean;
  lastHeard: number;
}

/** Of a job that a worker has in hand: whether it has begun is not known. */
export function runningHop({ job, arrivedAt, deaths }: Entry, { name }: Member, now: number): TracedHop {
  const { session, seq, hops: hop, from, to: stage, attempt } = job;
  return {
    session,
    seq,
    hop,
    from,
    stage,
    worker: name,
    arrivedAt: toShared(arrivedAt),
    tookMs: now - arrivedAt,
    serviceMs: 0,
    outcome: "running",
    attempt,
    deaths,
  };
}
