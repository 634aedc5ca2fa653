import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type LogFile, logFile, logFilesOf, nextRun } from "../control/log/files.js";
import { messageOf, ZpipeError } from "../errors.js";

/** The files of a run together have the size that is allowed: so many of equal size. */
const FILES = 8;
const SMALLEST_FILE_BYTES = 64 * 1024;
/** Files of earlier runs that are kept, as long as they have no more than the size that is allowed. */
const MOST_EARLIER = 16;

/** The files of the log of a run that begins: one after the other, of which the oldest go. */
export class LogFiles {
  readonly #directory: string;
  readonly #run: string;
  readonly #fileBytes: number;
  readonly #files: LogFile[] = [];
  #descriptor: number;
  #bytes = 0;
  #number = 1;
  /** The last write failed, and may have left a part of a line. */
  #torn = false;

  /** @throws ZpipeError when there can be none */
  constructor(directory: string, maxBytes: number, now: number) {
    this.#directory = directory;
    this.#fileBytes = Math.max(SMALLEST_FILE_BYTES, Math.ceil(maxBytes / FILES));
    try {
      makeDirectory(directory);
      const earlier = logFilesOf(directory, readdirSync(directory));
      this.#run = nextRun(earlier, now);
      this.#descriptor = this.#open();
      prune(earlier, maxBytes);
    } catch (cause) {
      throw new ZpipeError(`the log cannot be written: ${messageOf(cause)}`, {
        code: "no-log",
        hints: ["Set XDG_STATE_HOME to a directory that is yours and writable."],
        cause,
      });
    }
  }

  /** Whole lines. @throws what the file system says */
  write(lines: string): void {
    const text = this.#torn ? `\n${lines}` : lines;
    this.#torn = true;
    // Between two lines, and when there is something to write: a file has at least one entry, and none has a half.
    if (this.#bytes >= this.#fileBytes) this.#turn();
    appendFileSync(this.#descriptor, text);
    this.#torn = false;
    this.#bytes += Buffer.byteLength(text);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #turn(): void {
    const before = this.#descriptor;
    this.#number += 1;
    this.#descriptor = this.#open();
    closeSync(before);
    this.#bytes = 0;
    while (this.#files.length > FILES) rmSync(this.#files.shift()!.path, { force: true });
  }

  #open(): number {
    const file = logFile(this.#directory, this.#run, this.#number);
    this.#files.push(file);
    return openSync(file.path, "a", 0o600);
  }
}

function prune(earlier: readonly LogFile[], maxBytes: number): void {
  let bytes = 0;
  for (const [age, { path }] of [...earlier].reverse().entries()) {
    bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (age >= MOST_EARLIER || bytes > maxBytes) rmSync(path, { force: true });
  }
}

/** Level by level: Node's own recursive mkdir never returns under /proc. */
function makeDirectory(directory: string): void {
  if (existsSync(directory)) return;
  makeDirectory(dirname(directory));
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Another run has made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
