import type { ToWorker } from "../../protocol/messages.js";
import type { Link } from "../../transport/types.js";
import type { Member } from "./custody.js";
import { Hand } from "./hand.js";

/**
 * What a quick worker wants ahead is what it does in 4 ms. Another one need not be woken for an eighth of that, half a
 * millisecond: a process on the other end of a socket is awake after 0.1 ms on two idle cores, but three threads here and
 * there take more processor time than that. With 0.1 ms euler6 answered a sixth less under full load.
 */
const AWAKE_SHARE = 1 / 8;

/** Who wants no more than that ahead has jobs of 0.1 ms or more: each is worth waking somebody for. */
const FEW_AHEAD = 40;

/** A worker that was heard of within this time is at work on what it has: recalling from it would only cost. */
const SLOW_SILENT_MS = 1;
const QUICK_SILENT_MS = 20;

/** From so many jobs ahead on, they are given out by the half. */
const MANY = 16;

export interface CrewOptions {
  readonly concurrency: number;
  /** Jobs for a worker beyond those that it runs; undefined: as many as the worker asks for. */
  readonly prefetch: number | undefined;
  /** What lies with a worker may be given to another: it may have been started all the same, and is then done twice. */
  readonly recalls: boolean;
}

/** The workers of one stage: who gets the next job, who is idle, and who sits on what an idle one could do. */
export class Crew {
  private readonly byLink = new Map<Link<ToWorker>, Member>();
  /** The same, to be walked through for every job. */
  private roster: readonly Member[] = [];

  constructor(private readonly options: CrewOptions) {}

  get members(): readonly Member[] {
    return this.roster;
  }

  get(link: Link<ToWorker>): Member | undefined {
    return this.byLink.get(link);
  }

  add(link: Link<ToWorker>, name: string, credits: number, now: number): Member {
    const member: Member = { link, name, credits, held: new Hand(), leaving: false, sated: false, lastHeard: now };
    this.byLink.set(link, member);
    this.roster = [...this.byLink.values()];
    return member;
  }

  remove(member: Member): void {
    this.byLink.delete(member.link);
    this.roster = [...this.byLink.values()];
  }

  /**
   * The worker with the least in hand that may have more; but a quick one that is at work anyway comes first, while it has
   * too little to wake another for it. While suspects wait and none of them runs, the least busy one is kept for them.
   */
  pick(suspectsWait: boolean): Member | undefined {
    let best: Member | undefined;
    let second: Member | undefined;
    let keepBest = suspectsWait;
    const { concurrency } = this.options;
    for (const member of this.roster) {
      if (member.leaving) continue;
      if (isIsolated(member)) {
        keepBest = false;
        continue;
      }
      const held = member.held.size;
      const window = this.windowOf(member);
      // Who wants nothing has little in hand, and must not keep others from more. A full one may be the one to be kept.
      if (window === 0 || (held >= window && !suspectsWait)) continue;
      if (this.isSated(member, window) && !suspectsWait) continue;
      const awake = held > 0 && held < window && isQuick(member, concurrency) && held < this.wakefulness(member);
      if (awake && !suspectsWait) return member;
      if (!best || held < best.held.size) {
        second = best;
        best = member;
      } else if (!second || held < second.held.size) second = member;
    }
    const member = keepBest ? second : best;
    return member && member.held.size < this.windowOf(member) ? member : undefined;
  }

  /**
   * A quick worker that has had its fill gets no more before half of that is done: one job for each that it finishes
   * would make a message of every few jobs, and messages cost more than jobs.
   */
  private isSated(member: Member, window: number): boolean {
    if (window - this.options.concurrency < MANY || !isQuick(member, this.options.concurrency)) return false;
    const held = member.held.size;
    // A place or two more are not worth a message either.
    if (held * 8 >= window * 7) member.sated = true;
    else if (held * 2 <= window) member.sated = false;
    return member.sated;
  }

  /**
   * Jobs that a worker that was picked may be given before the next pick: of quick ones its share of all that wait, or as
   * many as another need not be woken for, if that is more.
   */
  shareOf(member: Member, waiting: number, suspectsWait: boolean): number {
    const { concurrency } = this.options;
    if (suspectsWait || !isQuick(member, concurrency)) return 1;
    const room = this.windowOf(member) - member.held.size;
    const share = Math.max(waiting / this.roster.length, this.wakefulness(member));
    return Math.max(1, Math.min(room, Math.floor(share)));
  }

  /** Jobs that it may be given before another worker is woken. */
  private wakefulness({ credits }: Member): number {
    return (credits - this.options.concurrency - FEW_AHEAD) * AWAKE_SHARE;
  }

  /** Jobs that it may have in hand. */
  windowOf(member: Member): number {
    const { prefetch, concurrency, recalls } = this.options;
    // What cannot be taken back is not given ahead while somebody else might do it sooner.
    if (!recalls && this.roster.length > 1) return Math.min(concurrency, member.credits);
    // Whoever wants nothing now is given nothing, whatever others are given ahead.
    return prefetch === undefined || member.credits === 0 ? member.credits : concurrency + prefetch;
  }

  /** Whom to take from for an idle worker, or in how many ms to look again; neither when nobody has too much. */
  hoarder(now: number): { readonly member: Member | undefined; readonly againInMs: number } {
    let hoarder: Member | undefined;
    let againInMs = Number.POSITIVE_INFINITY;
    for (const member of this.roster) {
      if (member.held.size <= this.options.concurrency || isIsolated(member)) continue;
      const patience = this.patienceWith(member) - (now - member.lastHeard);
      if (patience > 0) againInMs = Math.min(againInMs, patience);
      else if (!hoarder || member.held.size > hoarder.held.size) hoarder = member;
    }
    return { member: hoarder, againInMs };
  }

  idle(): Member | undefined {
    for (const member of this.roster) {
      if (!member.leaving && member.held.size === 0 && this.windowOf(member) > 0) return member;
    }
    return undefined;
  }

  /** A worker with long jobs says nothing while it runs one; a quick one is silent only when it does not get the CPU. */
  private patienceWith(member: Member): number {
    return isQuick(member, this.options.concurrency) ? QUICK_SILENT_MS : SLOW_SILENT_MS;
  }
}

/** It has a suspect job, and nothing else may share its fate. */
function isIsolated(member: Member): boolean {
  return member.held.size === 1 && member.held.first!.entry.suspect;
}

/** It does several jobs in the time of a round trip. A slow one wants one ahead for each that it runs. */
export function isQuick({ credits }: Pick<Member, "credits">, concurrency: number): boolean {
  return credits > 2 * concurrency;
}
