import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";

export interface Line {
  /** What is no UTF-8 is U+FFFD in it. */
  readonly text: string;
  /** The line as it came, when it is not UTF-8. */
  readonly bytes?: Buffer;
  /** The line was too long: the next one is the rest of it. */
  readonly cut?: true;
}

/** A longer line is cut into pieces, so that a flood without line ends cannot fill the memory. */
const LONGEST_LINE = 64 * 1024;
const LINE_END = 10;

/** Calls `onLine` for each line without its line end; a last line without one counts. */
export function splitLines(stream: Readable, onLine: (line: Line) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = all.lastIndexOf(LINE_END);
    if (end >= 0) linesOf(all.subarray(0, end), onLine);
    rest = all.subarray(end + 1);
    while (rest.length > LONGEST_LINE) {
      const length = wholeCharacters(rest, LONGEST_LINE);
      onLine({ ...lineOf(rest.subarray(0, length)), cut: true });
      rest = rest.subarray(length);
    }
  });
  stream.on("end", () => {
    if (rest.length > 0) onLine(lineOf(rest));
    rest = Buffer.alloc(0);
  });
  // A pipe that breaks is told by the exit of the child.
  stream.on("error", () => {});
}

function linesOf(bytes: Buffer, onLine: (line: Line) => void): void {
  // Nearly always: one check and one conversion for all of them.
  if (isUtf8(bytes)) {
    for (const text of bytes.toString().split("\n")) onLine({ text: withoutReturn(text) });
    return;
  }
  for (let start = 0; start <= bytes.length; ) {
    const found = bytes.indexOf(LINE_END, start);
    const end = found < 0 ? bytes.length : found;
    onLine(lineOf(bytes.subarray(start, end)));
    start = end + 1;
  }
}

function lineOf(bytes: Buffer): Line {
  const text = withoutReturn(bytes.toString());
  return isUtf8(bytes) ? { text } : { text, bytes };
}

function withoutReturn(text: string): string {
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

/** At most `length` bytes, and not the first half of a character. */
function wholeCharacters(bytes: Buffer, length: number): number {
  for (let shorter = length; shorter > length - 4; shorter--) {
    // The byte behind it begins a character.
    if ((bytes[shorter]! & 0xc0) !== 0x80) return shorter;
  }
  return length;
}
