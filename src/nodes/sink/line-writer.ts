import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, write, writeSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, ZpipeError } from "../../errors.js";
import { DATA_OUT } from "../../plan/child.js";
import type { SinkPlan } from "../../plan/types.js";
import type { Payloads } from "../../protocol/payloads.js";

const FIRST_SIZE = 64 * 1024;
const LINE_END = 0x0a;

/** Appends lines to a file or to standard output: what comes while a write is under way leaves with the next. */
export class LineWriter {
  private buffer = Buffer.allocUnsafe(FIRST_SIZE);
  private at = 0;
  private writing = false;
  private scheduled = false;

  private constructor(
    private readonly descriptor: number,
    private readonly title: string,
    /** All that was added before the last call is written. */
    private readonly onWritten: () => void,
    /** A batch is about to be written: what is added from now on is part of the next. */
    private readonly onBatch: () => void,
    private readonly onError: (error: ZpipeError) => void,
  ) {}

  static open(output: SinkPlan["output"], handlers: LineHandlers): LineWriter {
    const { onWritten, onBatch, onError } = handlers;
    if (output.kind === "stdout") return new LineWriter(DATA_OUT, "standard output", onWritten, onBatch, onError);
    return new LineWriter(openWhole(output.path), output.path, onWritten, onBatch, onError);
  }

  /** Everything that was added is written. */
  get idle(): boolean {
    return this.at === 0 && !this.writing;
  }

  add(line: string | Buffer): void {
    if (typeof line === "string") {
      // At most three bytes a UTF-16 unit.
      this.reserve(line.length * 3 + 1);
      this.at += this.buffer.write(line, this.at, "utf8");
    } else {
      this.reserve(line.length + 1);
      this.buffer.set(line, this.at);
      this.at += line.length;
    }
    this.buffer[this.at++] = LINE_END;
    this.flushSoon();
  }

  /** A line each. */
  addAll(payloads: Payloads): void {
    const { start, end } = payloads;
    this.reserve(end - start);
    payloads.buffer.copy(this.buffer, this.at, start, end);
    const { buffer, at } = this;
    let to = at;
    // All at once, and then each moved up to the one before: the length of a payload takes more than the end of a line.
    payloads.each((from, until) => {
      buffer.copyWithin(to, at + from - start, at + until - start);
      to += until - from;
      buffer[to++] = LINE_END;
    });
    this.at = to;
    this.flushSoon();
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private flushSoon(): void {
    if (this.scheduled || this.writing) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    const batch = this.buffer.subarray(0, this.at);
    this.buffer = Buffer.allocUnsafe(Math.max(FIRST_SIZE, Math.min(this.at * 2, 1024 * 1024)));
    this.at = 0;
    this.writing = true;
    this.onBatch();
    this.writeOut(batch);
  }

  private writeOut(batch: Buffer): void {
    write(this.descriptor, batch, (error, written) => {
      // A pipe that somebody has made non-blocking is full: whoever reads it will make room.
      if (error?.code === "EAGAIN") setTimeout(() => this.writeOut(batch), 1);
      else if (error) this.onError(cannotWrite(this.title, error));
      else if (written < batch.length) this.writeOut(batch.subarray(written));
      else {
        this.writing = false;
        this.onWritten();
        if (this.at > 0) this.flush();
      }
    });
  }

  private reserve(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.at);
    this.buffer = grown;
  }
}

export interface LineHandlers {
  readonly onWritten: () => void;
  readonly onBatch: () => void;
  readonly onError: (error: ZpipeError) => void;
}

/**
 * Opens a file to append to it. A last line without an end is made a line of its own if it is whole; if it is not, it was
 * cut off by a death, and its job will come again.
 */
function openWhole(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(path, "a+");
    const { size } = fstatSync(descriptor);
    if (!fstatSync(descriptor).isFile()) return descriptor;
    const end = endOfLastLine(descriptor, size);
    // Somebody else may append to it: only what is known not to be whole is cut off.
    if (end === size) return descriptor;
    const rest = Buffer.alloc(size - end);
    readSync(descriptor, rest, 0, rest.length, end);
    if (isWhole(rest.toString())) writeSync(descriptor, "\n");
    else ftruncateSync(descriptor, end);
    return descriptor;
  } catch (error) {
    throw cannotWrite(path, error, "`file` of the sink says where it is: a file, or a place for one.");
  }
}

/** A number may be the beginning of a longer one; what is in brackets or quotes is seen to end. */
function isWhole(text: string): boolean {
  try {
    return /^[[{"]/.test(text) && JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}

function endOfLastLine(descriptor: number, size: number): number {
  const chunk = Buffer.alloc(FIRST_SIZE);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length);
    const read = readSync(descriptor, chunk, 0, end - start, start);
    const found = chunk.lastIndexOf(LINE_END, read - 1);
    if (found >= 0 && read > 0) return start + found + 1;
    end = start;
  }
  return 0;
}

function cannotWrite(
  title: string,
  cause: unknown,
  hint = "With `checkpoint = …` in its source, a run goes on where it was when it is run again.",
): ZpipeError {
  const isClosed = (cause as NodeJS.ErrnoException).code === "EPIPE";
  return new ZpipeError(
    isClosed ? `${title} was closed by its reader` : `cannot write to ${title}: ${messageOf(cause)}`,
    {
      code: "sink-failed",
      hints: isClosed ? [] : [hint],
      cause,
    },
  );
}
