import { toShared } from "../../metrics/shared-clock.js";
import type { TracedHop } from "../../plan/trace.js";
import type { Job, Load, RequestId, ToWorker } from "../../protocol/messages.js";
import type { Link } from "../../transport/types.js";
import { jobsOf, placeIn } from "../load.js";
import type { Hand } from "./hand.js";

/**
 * A job in this pool's custody: queued, or delivered to one worker and perhaps recalled from others. Or a train, as long
 * as all goes well with it: whatever befalls some of its jobs (a recall, a death, the end of a wish) befalls them as
 * jobs, each in an entry of its own.
 */
export interface Entry {
  readonly job: Load;
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
  /** Of the first job; the others of a train follow it. */
  slot: number;
  /** Jobs in it. */
  count: number;
  entry: Entry;
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

export function entryOf(job: Load, arrivedAt: number): Entry {
  return { job, arrivedAt, deaths: 0, suspect: false, settled: false, current: undefined, recalled: undefined };
}

/** The job of an entry that is no train, or one of a single job. */
export function jobOf({ job }: Entry): Job {
  return job.type === "job" ? job : jobsOf(job)[0]!;
}

/** Of a job that a worker has in hand: whether it has begun is not known. Undefined: it is not one of these. */
export function runningHop(delivery: Delivery, { session, seq }: RequestId, now: number): TracedHop | undefined {
  const { job, arrivedAt, deaths } = delivery.entry;
  const { name } = delivery.member;
  if (placeIn(job, { session, seq }) === undefined) return undefined;
  const { hops: hop, from, to: stage, attempt } = job;
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
