import type { FileHandle } from "node:fs/promises";

const BLOCK_BYTES = 64 * 1024;
const LINE_END = 10;

/** Calls for each whole line from `offset` on, until `wanted` says no; gives where the next line begins. */
export async function linesFrom(
  file: FileHandle,
  offset: number,
  onLine: (line: string) => void,
  wanted: () => boolean = () => true,
): Promise<number> {
  let next = offset;
  let rest: Buffer[] = [];
  for (let position = offset; wanted(); ) {
    const block = await read(file, position, BLOCK_BYTES);
    if (block.length === 0) break;
    position += block.length;
    let start = 0;
    for (let end = block.indexOf(LINE_END); end >= 0; end = block.indexOf(LINE_END, start)) {
      const line = Buffer.concat([...rest, block.subarray(start, end)]);
      rest = [];
      start = end + 1;
      next += line.length + 1;
      onLine(line.toString());
    }
    rest.push(block.subarray(start));
  }
  return next;
}

/** The whole lines before `end`, the last first; of the file only as much is read as is asked for. */
export async function* linesBefore(file: FileHandle, end: number): AsyncGenerator<string> {
  // Pieces of a line whose beginning has not been read yet; undefined: of one that has no end, and is none.
  let rest: Buffer[] | undefined;
  for (let position = end; position > 0; ) {
    const size = Math.min(BLOCK_BYTES, position);
    position -= size;
    const block = await read(file, position, size);
    let stop = block.length;
    for (let at = lastLineEnd(block, stop); at >= 0; at = lastLineEnd(block, stop)) {
      if (rest !== undefined) yield Buffer.concat([block.subarray(at + 1, stop), ...rest]).toString();
      rest = [];
      stop = at;
    }
    rest?.unshift(block.subarray(0, stop));
  }
  if (rest !== undefined) yield Buffer.concat(rest).toString();
}

/** Where the last whole line before `size` ends: what is behind it is being written. */
export async function endOfLines(file: FileHandle, size: number): Promise<number> {
  for (let position = size; position > 0; ) {
    const length = Math.min(BLOCK_BYTES, position);
    position -= length;
    const at = lastLineEnd(await read(file, position, length), length);
    if (at >= 0) return position + at + 1;
  }
  return 0;
}

/** Before `stop`; a negative start would mean "from the end". */
function lastLineEnd(block: Buffer, stop: number): number {
  return stop === 0 ? -1 : block.lastIndexOf(LINE_END, stop - 1);
}

async function read(file: FileHandle, position: number, size: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(size);
  const { bytesRead } = await file.read(block, 0, size, position);
  return block.subarray(0, bytesRead);
}
