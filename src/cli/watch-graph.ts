import type { Control } from "../control/types.js";
import { ExitCode, ZpipeError } from "../errors.js";
import type { Snapshot } from "../metrics/snapshot.js";
import { type GraphFormat, liveGraphJson, renderLive } from "./render-graph.js";

/** Draws the graph with every snapshot of the run, over the last drawing on a terminal; resolves when the run has ended. */
export async function watchGraph(control: Control, format: GraphFormat): Promise<void> {
  if (format !== "ascii" && format !== "json") {
    throw new ZpipeError(`--watch cannot draw ${format}`, {
      code: "bad-format",
      exitCode: ExitCode.usage,
      hints: ["Watch it as ascii or json, or leave --watch out."],
    });
  }
  // One drawing after the other, however fast they come.
  let drawn = Promise.resolve();
  await new Promise<void>((resolve) => {
    control.watch((event) => {
      if (event.type === "snapshot") drawn = drawn.then(() => show(event.snapshot, format));
      else if (event.type === "state" && event.state === "ended") resolve();
    });
  });
  await drawn;
}

async function show(snapshot: Snapshot, format: "ascii" | "json"): Promise<void> {
  const { stdout } = process;
  if (format === "json") stdout.write(`${JSON.stringify(await liveGraphJson(snapshot))}\n`);
  else if (!stdout.isTTY) stdout.write(`${await renderLive(snapshot, format)}\n\n`);
  else stdout.write(overTheLast(await renderLive(snapshot, format)));
}

/** From the top left, each line cleared to its end, and all that is below. */
function overTheLast(text: string): string {
  return `\x1b[H${text.replaceAll("\n", "\x1b[K\n")}\x1b[K\n\x1b[J`;
}
