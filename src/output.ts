import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { setImmediate, setTimeout } from "node:timers/promises";

const QUIET_MS = 200;
const LONGEST_MS = 2000;

/**
 * Resolves when all that the child wrote has been read; to be called as soon as it has exited. What it has started and
 * left behind may keep its pipes open: then this resolves when nothing has come by them for a while, or after 2 s.
 */
export async function outputRead(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once("close", () => resolve("closed")));
  let before = -1;
  for (let waited = 0; waited < LONGEST_MS && (isHeldUp(child) || bytesRead(child) !== before); waited += QUIET_MS) {
    before = bytesRead(child);
    if ((await Promise.race([closed, quiet()])) === "closed") return;
  }
}

/** More may be there, but whoever it is passed on to does not take it now. */
function isHeldUp({ stdout, stderr }: ChildProcess): boolean {
  return [stdout, stderr].some((stream) => stream?.isPaused() && !stream.readableEnded);
}

/** If this process was busy for so long, it first reads what has come. */
async function quiet(): Promise<void> {
  await setTimeout(QUIET_MS, undefined, { ref: false });
  await setImmediate();
}

/** Node's pipes are sockets. */
function bytesRead({ stdout, stderr }: ChildProcess): number {
  return [stdout, stderr].reduce((sum, stream) => sum + ((stream as Socket | null)?.bytesRead ?? 0), 0);
}
