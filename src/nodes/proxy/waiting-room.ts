import type { Policy } from "../../topology/types.js";
import { type Entry, entryOf } from "./custody.js";
import { makeQueue } from "./queues/index.js";
import { oldestOf } from "./queues/oldest.js";
import type { JobQueue } from "./queues/types.js";

/**
 * Jobs that wait in lines: those that wait for a worker that advertises a value in a line of that value, all others in
 * the common one. Each line is in the order of the policy, and so is what a worker is given of the lines that it may take from.
 */
export class WaitingRoom {
  private readonly common: Line;
  private readonly lines = new Map<string, Line>();
  private turns = 0;

  constructor(private readonly policy: Policy) {
    this.common = new Line(policy);
  }

  get size(): number {
    let size = this.common.size;
    for (const line of this.lines.values()) size += line.size;
    return size;
  }

  /** Is there a line of that value, or, of undefined, does anything wait in the common one? */
  has(value: string | undefined): boolean {
    return value === undefined ? this.common.size > 0 : this.lines.has(value);
  }

  push(entry: Entry, value: string | undefined): void {
    this.line(value).push(entry);
  }

  /** Before its equals. */
  unshift(entry: Entry, value: string | undefined): void {
    this.line(value).unshift(entry);
  }

  /** The next one for a worker with these values, and whether it was in the common line. */
  shift(values: ReadonlySet<string>): { readonly entry: Entry; readonly common: boolean } | undefined {
    let best: Line | undefined = this.common.size > 0 ? this.common : undefined;
    let bestValue: string | undefined;
    const consider = (value: string, line: Line | undefined) => {
      if (!line || (best && !this.isBefore(line, best))) return;
      best = line;
      bestValue = value;
    };
    // Whichever are fewer.
    if (values.size < this.lines.size) for (const value of values) consider(value, this.lines.get(value));
    else for (const [value, line] of this.lines) if (values.has(value)) consider(value, line);
    if (!best) return undefined;
    const entry = best.shift()!;
    best.turn = ++this.turns;
    if (bestValue !== undefined && best.size === 0) this.lines.delete(bestValue);
    return { entry, common: bestValue === undefined };
  }

  /** Nobody advertises the value any more: whoever waits for it comes to the front of the common line. */
  dissolve(value: string): void {
    const line = this.lines.get(value);
    if (!line) return;
    this.lines.delete(value);
    const entries: Entry[] = [];
    for (let entry = line.shift(); entry; entry = line.shift()) entries.push(entry);
    for (const entry of entries.reverse()) this.common.unshift(entry);
  }

  filter(keep: (entry: Entry) => boolean): void {
    this.common.filter(keep);
    for (const [value, line] of this.lines) {
      line.filter(keep);
      if (line.size === 0) this.lines.delete(value);
    }
  }

  /** Since when the one has waited that has waited longest. */
  oldest(): number | undefined {
    return oldestOf([this.common, ...this.lines.values()]);
  }

  private line(value: string | undefined): Line {
    if (value === undefined) return this.common;
    let line = this.lines.get(value);
    if (!line) {
      line = new Line(this.policy);
      line.turn = this.turns;
      this.lines.set(value, line);
    }
    return line;
  }

  private isBefore(line: Line, other: Line): boolean {
    // Else a lane with many jobs in one line would keep the lanes of the other waiting.
    if (this.policy === "fair") return line.turn < other.turn;
    return isBefore(line.first!, other.first!, this.policy);
  }
}

/** A queue of which the first can be looked at. */
class Line implements JobQueue<Entry> {
  /** Out of the queue already. */
  first: Entry | undefined;
  /** When it was last served, counted in turns. */
  turn = 0;
  private readonly rest: JobQueue<Entry>;

  constructor(private readonly policy: Policy) {
    this.rest = makeQueue(policy, entryOf);
  }

  get size(): number {
    return this.rest.size + (this.first ? 1 : 0);
  }

  push(entry: Entry): void {
    if (!this.first) this.first = entry;
    else if (isUrgent(entry, this.first, this.policy)) {
      this.rest.unshift(this.first);
      this.first = entry;
    } else this.rest.push(entry);
  }

  unshift(entry: Entry): void {
    if (!this.first) this.first = entry;
    else if (isUrgent(this.first, entry, this.policy)) this.rest.unshift(entry);
    else {
      this.rest.unshift(this.first);
      this.first = entry;
    }
  }

  shift(): Entry | undefined {
    const { first } = this;
    if (first) this.first = this.rest.shift();
    return first;
  }

  filter(keep: (entry: Entry) => boolean): number {
    let dropped = this.rest.filter(keep);
    if (this.first && !keep(this.first)) {
      this.first = this.rest.shift();
      dropped++;
    }
    return dropped;
  }

  oldest(): number | undefined {
    const oldest = this.rest.oldest();
    if (!this.first) return oldest;
    return oldest === undefined ? this.first.arrivedAt : Math.min(oldest, this.first.arrivedAt);
  }
}

/** The policy puts it before the other, whoever came first. */
function isUrgent({ job }: Entry, { job: other }: Entry, policy: Policy): boolean {
  if (policy === "priority") return job.priority > other.priority;
  return policy === "earliest-deadline" && job.deadline < other.deadline;
}

function isBefore(entry: Entry, other: Entry, policy: Policy): boolean {
  if (isUrgent(entry, other, policy)) return true;
  return !isUrgent(other, entry, policy) && entry.arrivedAt < other.arrivedAt;
}
