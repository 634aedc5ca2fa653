import { encodeBody } from "../../protocol/payload.js";
import { parseCron } from "../../topology/cron.js";
import type { Schedule, TickInput } from "../../topology/types.js";
import type { Progress } from "./checkpoint.js";
import type { SourceJobs } from "./jobs.js";
import type { Position } from "./lines.js";

/** The value of a tick's job. */
export interface Tick {
  /** Counted from 1, those that were skipped not among them. */
  readonly tick: number;
  /** When it was due: ISO 8601. */
  readonly time: string;
  /** How many were skipped since the one before. */
  readonly skipped: number;
}

/** What waiting needs of the world. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Resolves at that time or a little later; false when it was stopped before. */
  until(ms: number, stopped: AbortSignal): Promise<boolean>;
}

/** After a long sleep of the machine so many ticks are counted as skipped, at most. */
const MOST_COUNTED = 10_000;

/**
 * Makes a job of each tick, never a second before the first is done. How far it has come is told like that of a reader of
 * lines: the offset is the time when the tick is due, so what died with a tick under way has it again, at once.
 */
export class TickFeed {
  /** Of ticks that were not given. */
  skipped = 0;
  private index: number;
  private due: number;
  private skippedBefore = 0;
  private readonly following: (afterMs: number) => number;

  constructor(
    private readonly jobs: Pick<SourceJobs, "full" | "room" | "admit">,
    private readonly input: TickInput,
    from: Progress,
    private readonly stopped: AbortSignal,
    private readonly clock: Clock = clockOf(input.schedule),
  ) {
    this.index = from.floor;
    this.following = timesOf(input.schedule);
    this.due = from.position.offset > 0 ? from.position.offset : firstOf(input.schedule, this.following, clock.now());
  }

  get nextIndex(): number {
    return this.index;
  }

  get next(): Position {
    return { offset: this.due, lines: this.index };
  }

  /** Resolves when the last tick was given, or when it is stopped. */
  async run(): Promise<void> {
    const { limit = Number.POSITIVE_INFINITY, overlap } = this.input;
    while (this.index < limit && Number.isFinite(this.due)) {
      if (!(await this.clock.until(this.due, this.stopped))) return;
      if (this.jobs.full && overlap === "skip") this.skip();
      else if (!(await this.give())) return;
      this.advance();
    }
  }

  private async give(): Promise<boolean> {
    while (this.jobs.full && !this.stopped.aborted) await this.jobs.room();
    if (this.stopped.aborted) return false;
    const time = new Date(this.due).toISOString();
    const tick: Tick = { tick: this.index + 1, time, skipped: this.skippedBefore };
    this.jobs.admit(encodeBody(tick), this.index, this.due, this.index);
    this.index++;
    this.skippedBefore = 0;
    return true;
  }

  private skip(): void {
    this.skipped++;
    this.skippedBefore++;
  }

  /** To the next that is still to come: those that have passed meanwhile would only come in a bunch. */
  private advance(): void {
    this.due = this.following(this.due);
    const now = this.clock.now();
    for (let counted = 0; this.due <= now; counted++) {
      this.skip();
      this.due = this.following(counted < MOST_COUNTED ? this.due : now);
    }
  }
}

/** The first is due at once, or, of a pattern, when that says so. */
function firstOf(schedule: Schedule, next: (afterMs: number) => number, now: number): number {
  return schedule.kind === "every" ? Math.round(now) : next(now);
}

/** Whole ms; infinity: never again. */
function timesOf(schedule: Schedule): (afterMs: number) => number {
  if (schedule.kind === "every") return (after) => Math.round(after) + schedule.ms;
  const cron = parseCron(schedule.pattern, schedule.timezone);
  return (after) => cron.next(after) ?? Number.POSITIVE_INFINITY;
}

/** Timers hold 31 bits, and the clock of the machine may be set. */
const LONGEST_WAIT_MS = 60_000;

/** Patterns are of the clock on the wall; intervals have the same length whatever is done to that. */
function clockOf({ kind }: Schedule): Clock {
  const now = kind === "cron" ? Date.now : () => performance.timeOrigin + performance.now();
  return {
    now,
    until: async (ms, stopped) => {
      // A timer may be a part of a ms early.
      while (now() < ms && !stopped.aborted) await pause(Math.min(ms - now(), LONGEST_WAIT_MS), stopped);
      return !stopped.aborted;
    },
  };
}

function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stopped.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stopped.addEventListener("abort", end);
  });
}
