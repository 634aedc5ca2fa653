import type { Job, Part } from "../protocol/messages.js";
import { NumberMap } from "./number-map.js";

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

  /** Undefined: it is new, and remembered from now on. "over": its owner has heard the last of it. */
  meet(job: Job): Taken<O> | "over" | undefined {
    const session = this.sessionOf(job);
    session.raise(job.floor);
    if (isBefore(job.seq, session.floor)) return "over";
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

  /** Keeps what came of a job; gives the job as it was last sent. */
  settle(job: Job, outcome: O): Job {
    for (let taken = this.sessions.get(job.session)?.taken.get(job.seq); taken; taken = taken.next) {
      if (taken.partHigh !== job.partHigh || taken.partLow !== job.partLow) continue;
      taken.outcome = outcome;
      return taken.attempt === job.attempt ? job : { ...job, attempt: taken.attempt };
    }
    return job;
  }

  dropSession(session: number): void {
    this.sessions.delete(session);
  }

  private sessionOf({ session, floor }: Job): Session<O> {
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

  constructor(public floor: number) {}

  raise(floor: number): void {
    const steps = (floor - this.floor) >>> 0;
    if (steps === 0 || steps >= HALF) return;
    if (steps > LONGEST_STEP) {
      for (const { seq } of this.taken.values()) if (isBefore(seq, floor)) this.taken.delete(seq);
    } else for (let i = 0; i < steps; i++) this.taken.delete((this.floor + i) >>> 0);
    this.floor = floor;
  }
}

function isBefore(seq: number, floor: number): boolean {
  return (seq - floor) >>> 0 >= HALF;
}
