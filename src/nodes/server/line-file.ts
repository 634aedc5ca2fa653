import { appendFile } from "node:fs/promises";
import { messageOf, ZpipeError } from "../../errors.js";

const FLUSH_MS = 250;
/** More than this is not held for a disk that does not keep up. */
const MOST_WAITING = 16 * 1024 ** 2;

/**
 * Lines for the end of a file, gathered and written together. The file is opened anew each time, so that whoever moves it
 * away (logrotate, or mv) has rotated it.
 */
export class LineFile {
  readonly #file: string;
  #waiting: string[] = [];
  #length = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string) {
    this.#file = file;
  }

  /** @throws ZpipeError when it cannot be written */
  static async open(file: string): Promise<LineFile> {
    try {
      await appendFile(file, "");
    } catch (cause) {
      throw new ZpipeError(`cannot write the access log ${file}: ${messageOf(cause)}`, {
        code: "access-log-unavailable",
        hints: ["Set another `access_log` under [server], in a directory that is there and that you may write to."],
        cause,
      });
    }
    return new LineFile(file);
  }

  /** @param line with its end */
  add(line: string): void {
    if (this.#length + line.length > MOST_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#length += line.length;
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  /** Resolves when all lines are written. */
  close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#flush();
    return this.#writing;
  }

  #flush(): void {
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const lines = this.#waiting;
    let lost = this.#dropped;
    this.#waiting = [];
    this.#length = 0;
    this.#dropped = 0;
    let why = "the disk does not keep up";
    try {
      if (lines.length > 0) await appendFile(this.#file, lines.join(""));
    } catch (error) {
      lost += lines.length;
      why = messageOf(error);
    }
    if (lost > 0) process.emitWarning(`${lost} lines of the access log are lost: ${why}`);
  }
}
