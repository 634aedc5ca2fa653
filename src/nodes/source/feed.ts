import { encodeBody, PayloadKind } from "../../protocol/payload.js";
import type { Progress } from "./checkpoint.js";
import { generatorFailed } from "./generator.js";
import type { SourceJobs } from "./jobs.js";
import type { LineInput, Position } from "./lines.js";

/** Brings what is read to the source's jobs as fast as there is room for it, and leaves out what is done already. */
export class Feed {
  /** Where reading goes on. */
  next: Position;
  private index: number;

  constructor(
    private readonly jobs: SourceJobs,
    private readonly from: Progress,
    private readonly stopped: AbortSignal,
  ) {
    this.next = from.position;
    this.index = from.floor;
  }

  /** Each line is a job: a JSON text, which only a worker reads. */
  async lines(input: LineInput): Promise<void> {
    for await (const lines of input.read(this.from.position)) {
      for (const { text, number, start, end } of lines) {
        const index = this.index;
        if (!this.jobs.isDone(index)) {
          while (this.jobs.full && !this.stopped.aborted) await this.jobs.room();
          if (this.stopped.aborted) return;
          const position = { offset: start, lines: number - 1 };
          const body = { kind: PayloadKind.json, payload: text };
          this.jobs.admit({ index, title: `line ${number}`, position, body });
        }
        this.index = index + 1;
        this.next = { offset: end, lines: number };
      }
      if (this.stopped.aborted) return;
    }
  }

  async values(name: string, values: AsyncIterable<unknown> | Iterable<unknown>): Promise<void> {
    let index = 0;
    try {
      for await (const value of values) {
        if (index >= this.from.floor && !this.jobs.isDone(index)) {
          while (this.jobs.full && !this.stopped.aborted) await this.jobs.room();
          if (this.stopped.aborted) return;
          const position = { offset: index, lines: index };
          this.jobs.admit({ index, title: `item ${index + 1}`, position, body: encodeBody(value) });
        }
        index++;
        this.next = { offset: index, lines: index };
        if (this.stopped.aborted) return;
      }
    } catch (error) {
      throw generatorFailed(name, error);
    }
  }
}
