import type { RunRecord } from "../control/record.js";
import type { WireError } from "../control/wire.js";
import { ExitCode, ZpipeError } from "../errors.js";

/** What a detached `up` tells the `up` that has started it, over Node's IPC channel. */
export type DetachedNews =
  | { readonly type: "open"; readonly record: RunRecord }
  | { readonly type: "ready"; readonly record: RunRecord }
  | { readonly type: "failed"; readonly error: WireError };

/** Set in the environment of a detached `up`. */
const DETACHED = "ZPIPE_DETACHED";

/** Not for a detached `up`, which would ask for the --detach that belongs to them: its starter is the one that waits. */
const OF_STARTER = { ZPIPE_WAIT: "", ZPIPE_TIMEOUT: "" };

export function isDetached(): boolean {
  return process.env[DETACHED] === "1" && process.send !== undefined;
}

export function tellStarter(news: DetachedNews): void {
  // The starter may have gone meanwhile; nobody misses the news then.
  if (process.connected) process.send?.(news, undefined, undefined, () => {});
}

export interface DetachOptions {
  /** Arguments of the `up` to be started. */
  readonly argv: readonly string[];
  /** Return when requests can come, not just when the run can be controlled. */
  readonly wait: boolean;
  readonly timeoutMs: number | undefined;
}

/** Starts another `up` that goes on by itself; gives its record. */
export async function startDetached({ argv, wait, timeoutMs }: DetachOptions): Promise<RunRecord> {
  const [{ spawnDetached }, { fromWireError }] = await Promise.all([
    import("../runtime/detach.js"),
    import("../control/wire.js"),
  ]);
  const detached = spawnDetached([process.argv[1]!, ...argv], { ...OF_STARTER, [DETACHED]: "1" });
  const news = detached.firstMessage((message) => {
    const { type } = message as DetachedNews;
    return type === "failed" || type === (wait ? "ready" : "open");
  }, timeoutMs);
  const outcome = await news.finally(detached.release);
  if (outcome.type === "timeout") throw notReady(timeoutMs!);
  if (outcome.type === "exit") throw endedSilently(outcome.code, detached.log);
  const message = outcome.message as DetachedNews;
  if (message.type === "failed") throw fromWireError(message.error);
  return message.record;
}

function notReady(timeoutMs: number): ZpipeError {
  return new ZpipeError(`it is not ready after ${timeoutMs / 1000} s; it goes on starting`, {
    code: "not-ready",
    exitCode: ExitCode.unavailable,
    hints: ["See what it does with `zpipe ps`, or end it with `zpipe down`."],
  });
}

function endedSilently(code: number | null, log: string): ZpipeError {
  return new ZpipeError(`the detached zpipe ended with code ${code}`, {
    code: "detached-ended",
    hints: [`What it said is in ${log}.`],
  });
}
