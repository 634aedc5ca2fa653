import { controlClient } from "../control/client.js";
import { lifecycleText } from "../control/lifecycle-words.js";
import { formatEntry } from "../control/log/format.js";
import type { RunRecord } from "../control/record.js";
import type { LifecycleEvent } from "../control/types.js";
import { printableJson } from "../printable.js";
import { StreamOutput } from "./stream-output.js";
import { wantsColour } from "./talk.js";

export interface EventsOptions {
  /** Only what has happened so far. */
  readonly once: boolean;
  readonly json: boolean;
}

/** Writes what has happened to a run, and what happens until it has ended, to standard output. */
export async function showEvents(run: RunRecord, { once, json }: EventsOptions): Promise<void> {
  const output = new StreamOutput();
  const colour = wantsColour(process.stdout);
  await new Promise<void>((resolve) => {
    const unwatch = controlClient(run).watch(
      (event) => {
        if (event.type === "lifecycle") output.write(json ? jsonLine(event.event) : textLine(event.event, colour));
        // The snapshot comes behind the past.
        const isOver = event.type === "snapshot" ? once : event.type === "state" && event.state === "ended";
        if (isOver) end();
      },
      { past: true, types: once ? ["lifecycle", "snapshot"] : ["lifecycle"] },
    );
    const end = () => {
      unwatch();
      resolve();
    };
    output.signal.addEventListener("abort", end);
  });
  output.end();
}

function jsonLine(event: LifecycleEvent): string {
  return `${printableJson(JSON.stringify(event))}\n`;
}

const LONGEST_KIND = "restarted".length;

function textLine(event: LifecycleEvent, colour: boolean): string {
  return formatEntry({ time: event.time, node: event.kind.padEnd(LONGEST_KIND), text: lifecycleText(event) }, colour);
}
