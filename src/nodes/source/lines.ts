import { createReadStream, fstatSync, openSync } from "node:fs";
import { messageOf, ZpipeError } from "../../errors.js";
import type { SourceInput } from "../../topology/types.js";

const CHUNK = 256 * 1024;
const LINE_END = 0x0a;

/** A line that holds something. */
export interface Line {
  readonly text: Buffer;
  /** From 1. */
  readonly number: number;
  /** Bytes of the input up to its beginning, and up to the beginning of the next. */
  readonly start: number;
  readonly end: number;
}

/** Where reading begins. */
export interface Position {
  readonly offset: number;
  /** Lines before it. */
  readonly lines: number;
}

export interface LineInput {
  /** Bytes in all; undefined for a pipe or a terminal. */
  readonly size: number | undefined;
  /** It can be read again from any place. */
  readonly seekable: boolean;
  read(from: Position): AsyncGenerator<readonly Line[]>;
}

/** Opens a file, or the standard input of the supervisor, which is also this process's. */
export function openLines(input: Extract<SourceInput, { kind: "stdin" | "file" }>): LineInput {
  const descriptor = input.kind === "file" ? openFile(input.path) : 0;
  const stat = fstatSync(descriptor);
  const seekable = stat.isFile();
  return {
    size: seekable ? stat.size : undefined,
    seekable,
    read: (from) => {
      const stream =
        input.kind === "stdin" && !seekable
          ? process.stdin
          : createReadStream("", {
              fd: descriptor,
              start: seekable ? from.offset : undefined,
              highWaterMark: CHUNK,
            });
      return readLines(stream as AsyncIterable<Buffer>, from, seekable ? from.offset : 0);
    },
  };
}

function openFile(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    throw new ZpipeError(`cannot read ${path}: ${messageOf(cause)}`, { code: "source-failed", cause });
  }
}

/** The lines of each chunk together: views of the chunk, or of as many as a line goes over. */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  from: Position,
  at: number,
): AsyncGenerator<readonly Line[]> {
  let rest: Buffer[] = [];
  let start = at;
  let number = at === from.offset ? from.lines : 0;
  const take = (text: Buffer, end: number, lines: Line[]) => {
    number++;
    if (start >= from.offset && !isBlank(text)) lines.push({ text, number, start, end });
    start = end;
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      let text = chunk.subarray(from, end);
      if (rest.length > 0) {
        text = Buffer.concat([...rest, text]);
        rest = [];
      }
      take(text, start + text.length + 1, lines);
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    yield lines;
  }
  const last: Line[] = [];
  const text = Buffer.concat(rest);
  if (text.length > 0) take(text, start + text.length, last);
  yield last;
}

/** Nothing but spaces, tabs and the return of a Windows line end. */
function isBlank(text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) {
    const byte = text[i];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
