import { describeExit } from "./child.js";
import { backoffMs } from "./lifecycle.js";
import type { Member } from "./member.js";

/** What to say of an exit that nobody has asked for; nothing of one that was. */
export function exitReport({ life, lastExit, failure, tail }: Member): readonly string[] {
  if (lastExit === undefined || life.hasty === 0 || (life.state !== "waiting" && life.state !== "failed")) return [];
  const next = life.state === "failed" ? "given up" : `starting it again in ${backoffMs(life)} ms`;
  const reasons = failure?.split("\n") ?? [];
  // Most children print why they fail before they say so.
  const isPrinted = tail.some((line) => reasons[0] !== undefined && line.includes(reasons[0]));
  return [...(isPrinted ? [] : reasons), `exited unexpectedly (${describeExit(lastExit)}); ${next}`];
}
