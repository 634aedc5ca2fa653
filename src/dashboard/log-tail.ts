import { lifecycleEntry } from "../control/lifecycle-words.js";
import type { LifecycleEvent, LogEntry } from "../control/types.js";

const MOST_LINES = 2_000;

/** The latest lines of the log of a run, and of the one of the same name before it. */
export class LogTail {
  readonly #entries: LogEntry[] = [];
  /** What is known of the past goes up to here, in ms since 1970. */
  #knownUntil = Number.NEGATIVE_INFINITY;

  /** The oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** A run is looked at, perhaps once more: what it tells of its past may be known. */
  begin(): void {
    this.#knownUntil = this.#entries.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
  }

  /** Of the past, before the first line. */
  recall(event: LifecycleEvent): void {
    if (event.time > this.#knownUntil) this.add(lifecycleEntry(event));
  }

  add(entry: LogEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > MOST_LINES) this.#entries.splice(0, MOST_LINES / 2);
  }
}
