import type { Job, Part, Train } from "../protocol/messages.js";
import { sizeOf } from "./load.js";
import { NumberMap } from "./number-map.js";
import { rootPart } from "./parts.js";
import { RootState, RootStates } from "./root-states.js";
import { HALF, isBefore } from "./seq.js";

/** What is known of a part that has come before. */
export interface Taken<O> extends Part {
  readonly seq: number;
  /** The latest sending in which it came: what is said of it must name this one. */
  attempt: number;
  /** Undefined while it is under way. */
  outcome: O | undefined;
  /** Another part of the same request. */
  next: Taken<O> | undefined;
}

/** Requests of more parts than this have them told apart by their bits, and not by looking at each. */
const MANY_PARTS = 16;

/** A floor that rises by more than this has its requests looked through instead of counted through. */
const LONGEST_STEP = 65_536;

/**
 * Remembers what a sink has taken, for as long as an owner may send it again, so that each part is done once. Owners
 * tell with each job how far back that is: its floor.
 */
export class Once<O> {
  private readonly sessions = new Map<number, Session<O>>();

  /** @param usual what comes of most jobs: of those of trains no more is kept than that it has */
  constructor(private readonly usual: O) {}

  /** Undefined: it is new, and remembered from now on. "over": its owner has heard the last of it. */
  meet(job: Job): Taken<O> | "over" | undefined {
    const session = this.sessionOf(job);
    session.raise(job.floor);
    if (isBefore(job.seq, session.floor)) return "over";
    this.tellApart(session, job);
    const taken = session.find(job);
    if (taken) {
      if (job.attempt > taken.attempt) taken.attempt = job.attempt;
      return taken;
    }
    const { seq, partHigh, partLow, attempt } = job;
    session.add({ seq, partHigh, partLow, attempt, outcome: undefined, next: undefined });
    return undefined;
  }

  /** True: all of its jobs are new, and remembered from now on. False: each of them has to be asked for. */
  meetTrain(train: Train): boolean {
    if (train.attempt > 1) return false;
    const session = this.sessionOf(train);
    session.raise(train.floor);
    if (isBefore(train.seq, session.floor)) return false;
    const count = sizeOf(train);
    if (session.size > 0) {
      for (let i = 0; i < count; i++) if (session.hasAny((train.seq + i) >>> 0)) return false;
    }
    return session.roots.change(train.seq, count, RootState.none, RootState.underWay);
  }

  /** What came of each of its jobs is the usual. False: each of them has to be settled, since some came again. */
  settleTrain(train: Train): boolean {
    const session = this.sessions.get(train.session);
    return session?.roots.change(train.seq, sizeOf(train), RootState.underWay, RootState.settled) ?? true;
  }

  /** Keeps what came of a job; gives the job as it was last sent. */
  settle(job: Job, outcome: O): Job {
    const session = this.sessions.get(job.session);
    if (session) this.tellApart(session, job);
    const taken = session?.find(job);
    if (!taken) return job;
    taken.outcome = outcome;
    return taken.attempt === job.attempt ? job : { ...job, attempt: taken.attempt };
  }

  dropSession(session: number): void {
    this.sessions.delete(session);
  }

  /** It may have been part of a train until now: from now on it has an entry of its own. */
  private tellApart(known: Session<O>, { session, seq }: Job): void {
    const { roots } = known;
    const state = roots.get(seq);
    if (state === RootState.none) return;
    roots.change(seq, 1, state, RootState.none);
    const outcome = state === RootState.settled ? this.usual : undefined;
    known.add({ seq, ...rootPart(session, seq), attempt: 1, outcome, next: undefined });
  }

  private sessionOf({ session, floor }: Job | Train): Session<O> {
    let found = this.sessions.get(session);
    if (!found) {
      found = new Session(floor);
      this.sessions.set(session, found);
    }
    return found;
  }
}

class Session<O> {
  /** The parts of a request, in a row; of one that has many, but one of them. */
  private readonly taken = new NumberMap<Taken<O>>();
  /** Those of a request that has many, by their low bits; those that share these are in a row. */
  private readonly many = new NumberMap<NumberMap<Taken<O>>>();
  /** Those that came in trains. */
  readonly roots: RootStates;

  constructor(public floor: number) {
    this.roots = new RootStates(floor);
  }

  /** Requests of which parts came one by one. */
  get size(): number {
    return this.taken.size;
  }

  hasAny(seq: number): boolean {
    return this.taken.get(seq) !== undefined;
  }

  find({ seq, partHigh, partLow }: Job): Taken<O> | undefined {
    const parts = this.partsOf(seq);
    let taken = parts ? parts.get(partLow) : this.taken.get(seq);
    while (taken && (taken.partHigh !== partHigh || taken.partLow !== partLow)) taken = taken.next;
    return taken;
  }

  add(taken: Taken<O>): void {
    const { seq } = taken;
    const parts = this.partsOf(seq);
    if (parts) {
      addTo(parts, taken);
      return;
    }
    taken.next = this.taken.get(seq);
    this.taken.set(seq, taken);
    if (isLong(taken)) this.many.set(seq, byLowBits(taken));
  }

  raise(floor: number): void {
    const steps = (floor - this.floor) >>> 0;
    if (steps === 0 || steps >= HALF) return;
    this.roots.raise(floor);
    if (this.taken.size === 0) {
      this.floor = floor;
      return;
    }
    if (steps > LONGEST_STEP) {
      for (const { seq } of this.taken.values()) if (isBefore(seq, floor)) this.delete(seq);
    } else for (let i = 0; i < steps; i++) this.delete((this.floor + i) >>> 0);
    this.floor = floor;
  }

  private partsOf(seq: number): NumberMap<Taken<O>> | undefined {
    return this.many.size === 0 ? undefined : this.many.get(seq);
  }

  private delete(seq: number): void {
    this.taken.delete(seq);
    if (this.many.size > 0) this.many.delete(seq);
  }
}

function isLong<O>(first: Taken<O>): boolean {
  let count = 0;
  for (let taken: Taken<O> | undefined = first; taken; taken = taken.next) count++;
  return count > MANY_PARTS;
}

function byLowBits<O>(first: Taken<O>): NumberMap<Taken<O>> {
  const parts = new NumberMap<Taken<O>>();
  for (let taken: Taken<O> | undefined = first; taken; ) {
    const { next }: Taken<O> = taken;
    addTo(parts, taken);
    taken = next;
  }
  return parts;
}

function addTo<O>(parts: NumberMap<Taken<O>>, taken: Taken<O>): void {
  taken.next = parts.get(taken.partLow);
  parts.set(taken.partLow, taken);
}
