import type { Readable } from "node:stream";

/** A longer line is cut into pieces, so that a flood without line ends cannot fill the memory. */
const LONGEST_LINE = 64 * 1024;

/** Calls `onLine` for each line without its line end; a last line without one counts. */
export function splitLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
    while (rest.length > LONGEST_LINE) {
      onLine(rest.slice(0, LONGEST_LINE));
      rest = rest.slice(LONGEST_LINE);
    }
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
    rest = "";
  });
  // A pipe that breaks is told by the exit of the child.
  stream.on("error", () => {});
}
