import type { Readable, Writable } from "node:stream";

const LINE_END = 10;
/** A longer line is passed on in pieces. */
const LONGEST_LINE = 64 * 1024;

/**
 * Passes on whole lines, as fast as they are taken: others may write to the same stream.
 * @returns to be called when the last has come: passes on what had no line end
 */
export function passLines(from: Readable, to: Writable): () => void {
  let rest: Buffer = Buffer.alloc(0);
  from.on("data", (chunk: Buffer) => {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = all.lastIndexOf(LINE_END) + 1 || (all.length > LONGEST_LINE ? all.length : 0);
    rest = all.subarray(end);
    if (end === 0) return;
    from.pause();
    to.write(all.subarray(0, end), () => from.resume());
  });
  return () => {
    if (rest.length > 0) to.write(Buffer.concat([rest, Buffer.of(LINE_END)]));
    rest = Buffer.alloc(0);
  };
}
