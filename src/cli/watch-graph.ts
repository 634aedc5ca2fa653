import type { Control } from "../control/types.js";
import { ExitCode, ZpipeError } from "../errors.js";
import type { Snapshot } from "../metrics/snapshot.js";
import { type GraphFormat, liveGraphJson, renderLive } from "./render-graph.js";
import { StreamOutput } from "./stream-output.js";

/**
 * Draws the graph with every snapshot of the run, over the last drawing on a terminal; resolves when the run has ended, or
 * nobody reads any more.
 */
export async function watchGraph(control: Control, format: GraphFormat): Promise<void> {
  if (format !== "ascii" && format !== "json") {
    throw new ZpipeError(`--watch cannot draw ${format}`, {
      code: "bad-format",
      exitCode: ExitCode.usage,
      hints: ["Watch it as ascii or json, or leave --watch out."],
    });
  }
  const output = new StreamOutput();
  // One drawing after the other, however fast they come.
  let drawn = Promise.resolve();
  await new Promise<void>((resolve) => {
    const unwatch = control.watch((event) => {
      if (event.type === "snapshot") drawn = drawn.then(async () => output.write(await textOf(event.snapshot, format)));
      else if (event.type === "state" && event.state === "ended") resolve();
    });
    output.signal.addEventListener("abort", () => {
      unwatch();
      resolve();
    });
  });
  await drawn;
  output.end();
}

async function textOf(snapshot: Snapshot, format: "ascii" | "json"): Promise<string> {
  const { stdout } = process;
  if (format === "json") return `${JSON.stringify(await liveGraphJson(snapshot))}\n`;
  const text = await renderLive(snapshot, format);
  return stdout.isTTY ? overTheLast(text, stdout.columns, stdout.rows) : `${text}\n\n`;
}

/**
 * From the top left, each line cleared to its end, and all that is below. What the screen has no room for is left out: it
 * would move the rest up, each time anew.
 */
export function overTheLast(text: string, columns: number, rows: number): string {
  const lines = text.split("\n");
  const isCut = lines.length >= rows;
  const shown = isCut ? [...lines.slice(0, Math.max(rows - 2, 0)), "…"] : lines;
  return `\x1b[H${shown.map((line) => `${line.slice(0, columns)}\x1b[K\n`).join("")}\x1b[J`;
}
