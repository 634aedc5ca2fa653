import { setImmediate } from "node:timers/promises";
import { encodeBody, PayloadKind } from "../../protocol/payload.js";
import type { Progress } from "./checkpoint.js";
import { generatorFailed } from "./generator.js";
import type { SourceJobs } from "./jobs.js";
import type { LineInput, Position } from "./lines.js";

/** Jobs that take as long as that to make leave one by one; quicker ones are collected for so long at the most. */
const LONG_MS = 0.1;
const TURN_MS = 10;

/** Brings what is read to the source's jobs as fast as there is room for it, and leaves out what is done already. */
export class Feed {
  private index: number;
  private offset: number;
  /** Lines or items. */
  private read: number;

  constructor(
    private readonly jobs: SourceJobs,
    private readonly from: Progress,
    private readonly stopped: AbortSignal,
    /** Jobs that are read at most, those of earlier lives included. */
    private readonly limit = Number.POSITIVE_INFINITY,
  ) {
    this.offset = from.position.offset;
    this.read = from.position.lines;
    this.index = from.floor;
  }

  /** Of the job that begins there. */
  get nextIndex(): number {
    return this.index;
  }

  /** Where reading goes on. */
  get next(): Position {
    return { offset: this.offset, lines: this.read };
  }

  /** Each line is a job: a JSON text, which only a worker reads. */
  async lines(input: LineInput): Promise<void> {
    if (this.index >= this.limit) return;
    for await (const lines of input.read(this.from.position)) {
      for (const { text, number, start, end } of lines) {
        const index = this.index;
        if (index >= this.limit) return;
        if (!this.jobs.isDone(index)) {
          while (this.jobs.full && !this.stopped.aborted) await this.jobs.room();
          if (this.stopped.aborted) return;
          this.jobs.admit({ kind: PayloadKind.json, payload: text }, index, start, number - 1);
        }
        this.index = index + 1;
        this.offset = end;
        this.read = number;
      }
      if (this.stopped.aborted) return;
    }
  }

  async values(name: string, values: AsyncIterable<unknown> | Iterable<unknown>): Promise<void> {
    let index = 0;
    let turn = new Turn();
    this.index = 0;
    try {
      for await (const value of values) {
        let now: number;
        if (index < this.from.floor || this.jobs.isDone(index)) now = performance.now();
        else {
          while (this.jobs.full && !this.stopped.aborted) {
            await this.jobs.room();
            turn = new Turn();
          }
          if (this.stopped.aborted) return;
          now = this.jobs.admit(encodeBody(value), index, index, index);
        }
        index++;
        this.index = index;
        this.offset = index;
        this.read = index;
        if (turn.endsAt(now)) {
          await setImmediate();
          turn = new Turn();
        }
        if (this.stopped.aborted || index >= this.limit) return;
      }
    } catch (error) {
      throw generatorFailed(name, error);
    }
  }
}

/**
 * A generator that computes does not end the turn of the event loop by itself, and only then jobs leave: those that are
 * there wait neither for one that takes long, nor very long for quick ones, which leave as long trains.
 */
class Turn {
  private readonly end = performance.now() + TURN_MS;
  private last = performance.now();

  /** @param now when another job was made */
  endsAt(now: number): boolean {
    const took = now - this.last;
    this.last = now;
    return now >= this.end || took >= LONG_MS;
  }
}
