import type { Job, Release } from "../../protocol/messages.js";
import { NumberMap } from "../number-map.js";
import { isBefore } from "../seq.js";

/** Holds lines until it is told that all before them are there: then they leave in the order of their jobs. */
export class Order {
  private readonly sessions = new Map<number, Held>();

  hold({ session, seq }: Job, line: string | Buffer): void {
    let held = this.sessions.get(session);
    if (!held) {
      held = { next: seq, lines: new NumberMap() };
      this.sessions.set(session, held);
    }
    if (isBefore(seq, held.next)) held.next = seq;
    const lines = held.lines.get(seq);
    if (lines) lines.push(line);
    else held.lines.set(seq, [line]);
  }

  /** Writes what may be written; gives how many lines that were. */
  release({ session, upTo }: Release, write: (line: string | Buffer) => void): number {
    const held = this.sessions.get(session);
    if (!held) return 0;
    let count = 0;
    // Nothing held is left behind: then there is nothing to count through.
    for (; isBefore(held.next, upTo) && held.lines.size > 0; held.next = (held.next + 1) >>> 0) {
      const lines = held.lines.get(held.next);
      if (!lines) continue;
      held.lines.delete(held.next);
      for (const line of lines) write(line);
      count += lines.length;
    }
    if (held.lines.size === 0) this.sessions.delete(session);
    return count;
  }

  dropSession(session: number): void {
    this.sessions.delete(session);
  }
}

interface Held {
  /** No job before it holds anything. */
  next: number;
  readonly lines: NumberMap<(string | Buffer)[]>;
}
