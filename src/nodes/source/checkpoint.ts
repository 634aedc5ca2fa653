import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, ZpipeError } from "../../errors.js";
import type { Position } from "./lines.js";

/** How far a source has come: enough to go on from there. */
export interface Progress {
  /** Jobs before this one are done; counted from 0. */
  readonly floor: number;
  /** Where that job begins in the input. */
  readonly position: Position;
  /** Jobs beyond the floor that are done, as [first, last]. */
  readonly done: readonly (readonly [number, number])[];
  /** How many of the done ones have failed. */
  readonly failed: number;
  /** The lives in which they failed, as their dead letters name them: one that is sent again has not failed any more. */
  readonly lives: readonly string[];
}

export const NOTHING: Progress = { floor: 0, position: { offset: 0, lines: 0 }, done: [], failed: 0, lives: [] };

/** The file that holds it. It is replaced whole, so whoever dies leaves the old one or the new one. */
export class Checkpoint {
  private last = "";

  /** @param input says what is read: a checkpoint of something else is not ours */
  constructor(
    private readonly path: string,
    private readonly input: string,
  ) {}

  /** Makes its folder, and sees whether it can be written, before a job is done that it could not tell of. */
  prepare(): void {
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      writeFileSync(`${this.path}.new`, "", { mode: 0o600 });
      rmSync(`${this.path}.new`);
    } catch (cause) {
      throw this.unwritable(cause);
    }
  }

  /**
   * What the last life or run has left; the beginning when there is none.
   * @param size of the input, in bytes, if it has one
   */
  read(size = Number.POSITIVE_INFINITY): Progress {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return NOTHING;
      throw this.unusable(messageOf(error));
    }
    const { input, ...progress } = this.parse(text);
    if (input !== this.input) throw this.unusable(`it belongs to ${input}, but this source reads ${this.input}`);
    const { offset } = progress.position;
    if (offset > size) throw this.unusable(`it is at byte ${offset}, but ${this.input} has only ${size}`);
    return { ...progress, lives: progress.lives ?? [] };
  }

  write(progress: Progress): void {
    const text = JSON.stringify({ version: 1, input: this.input, ...progress });
    if (text === this.last) return;
    try {
      writeFileSync(`${this.path}.new`, text, { mode: 0o600 });
      renameSync(`${this.path}.new`, this.path);
    } catch (cause) {
      throw this.unwritable(cause);
    }
    this.last = text;
  }

  /** Everything is done: the next run begins anew. */
  remove(): void {
    rmSync(this.path, { force: true });
  }

  private parse(text: string): Omit<Progress, "lives"> & Partial<Progress> & { readonly input: string } {
    try {
      const value = JSON.parse(text);
      if (value.version !== 1 || !isProgress(value)) throw new Error("it was not written by this zpipe");
      return value;
    } catch (error) {
      throw this.unusable(messageOf(error));
    }
  }

  private unwritable(cause: unknown): ZpipeError {
    return new ZpipeError(`cannot write the checkpoint ${this.path}: ${messageOf(cause)}`, {
      code: "checkpoint-failed",
      hints: ["`checkpoint` of the source says where it is."],
      cause,
    });
  }

  private unusable(why: string): ZpipeError {
    return new ZpipeError(`the checkpoint ${this.path} cannot be used: ${why}`, {
      code: "checkpoint-unusable",
      hints: ["Remove it to begin anew."],
    });
  }
}

function isProgress({ floor, position, done, failed, lives = [] }: Partial<Progress>): boolean {
  const counts = [floor, failed, position?.offset, position?.lines];
  const ranges = Array.isArray(done) && done.every((range) => Array.isArray(range) && isRange(range));
  return counts.every(isCount) && ranges && Array.isArray(lives) && lives.every((life) => typeof life === "string");
}

function isRange(range: readonly unknown[]): boolean {
  return range.length === 2 && range.every(isCount) && (range[0] as number) <= (range[1] as number);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
