import type { Job, Part, Train } from "../protocol/messages.js";
import { sizeOf } from "./load.js";
import { NumberMap } from "./number-map.js";
import { rootPart } from "./parts.js";
import { RootState, RootStates } from "./root-states.js";

/** What is known of a part that has come before. */
export interface Taken<O> extends Part {
  readonly seq: number;
  /** The latest sending in which it came: what is said of it must name this one. */
  attempt: number;
  /** Undefined while it is under way. */
  outcome: O | undefined;
  /** Another part of the same request. */
  readonly next: Taken<O> | undefined;
}

/** Half of all sequence numbers: what is further ahead lies behind. */
const HALF = 2 ** 31;

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
    const first = session.taken.get(job.seq);
    for (let taken = first; taken; taken = taken.next) {
      if (taken.partHigh !== job.partHigh || taken.partLow !== job.partLow) continue;
      if (job.attempt > taken.attempt) taken.attempt = job.attempt;
      return taken;
    }
    const { seq, partHigh, partLow, attempt } = job;
    session.taken.set(seq, { seq, partHigh, partLow, attempt, outcome: undefined, next: first });
    return undefined;
  }

  /** True: all of its jobs are new, and remembered from now on. False: each of them has to be asked for. */
  meetTrain(train: Train): boolean {
    if (train.attempt > 1) return false;
    const session = this.sessionOf(train);
    session.raise(train.floor);
    if (isBefore(train.seq, session.floor)) return false;
    const count = sizeOf(train);
    if (session.taken.size > 0) {
      for (let i = 0; i < count; i++) if (session.taken.get((train.seq + i) >>> 0)) return false;
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
    for (let taken = session?.taken.get(job.seq); taken; taken = taken.next) {
      if (taken.partHigh !== job.partHigh || taken.partLow !== job.partLow) continue;
      taken.outcome = outcome;
      return taken.attempt === job.attempt ? job : { ...job, attempt: taken.attempt };
    }
    return job;
  }

  dropSession(session: number): void {
    this.sessions.delete(session);
  }

  /** It may have been part of a train until now: from now on it has an entry of its own. */
  private tellApart({ roots, taken }: Session<O>, { session, seq }: Job): void {
    const state = roots.get(seq);
    if (state === RootState.none) return;
    roots.change(seq, 1, state, RootState.none);
    const outcome = state === RootState.settled ? this.usual : undefined;
    taken.set(seq, { seq, ...rootPart(session, seq), attempt: 1, outcome, next: taken.get(seq) });
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
  readonly taken = new NumberMap<Taken<O>>();
  /** Those that came in trains. */
  readonly roots: RootStates;

  constructor(public floor: number) {
    this.roots = new RootStates(floor);
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
      for (const { seq } of this.taken.values()) if (isBefore(seq, floor)) this.taken.delete(seq);
    } else for (let i = 0; i < steps; i++) this.taken.delete((this.floor + i) >>> 0);
    this.floor = floor;
  }
}

function isBefore(seq: number, floor: number): boolean {
  return (seq - floor) >>> 0 >= HALF;
}
