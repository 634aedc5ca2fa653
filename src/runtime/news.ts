import type { Death, LifecycleNews } from "../control/types.js";
import type { FromChild } from "../plan/child.js";
import { describeExit, type Exit } from "./child.js";
import { backoffMs } from "./lifecycle.js";
import type { Member } from "./member.js";

/** What there is to tell of a process that has just been spawned. */
export function birth(member: Member): LifecycleNews {
  const shared = { node: member.label, process: member.name, pid: member.child?.pid };
  const { restarts } = member.life;
  return restarts === 0 ? { kind: "started", ...shared } : { kind: "restarted", ...shared, restarts };
}

/** Of a process that ended as it was asked to. */
export function departure(
  { label: node, name: process }: Member,
  pid: number | undefined,
  { code, signal }: Exit,
): LifecycleNews {
  return { kind: "exited", node, process, pid, exitCode: code, signal };
}

/** Of a process that nobody has asked to end; its life tells already what comes next. */
export function death(member: Member, pid: number | undefined, exit: Exit): Death {
  const { label: node, name: process, tail: stderr, life } = member;
  return {
    kind: "died",
    node,
    process,
    pid,
    exitCode: exit.code,
    signal: exit.signal,
    reason: describeExit(exit),
    stderr,
    againInMs: life.state === "waiting" ? backoffMs(life) : undefined,
  };
}

/** Of a source that has come to its end. */
export function finish({ node, summary }: Extract<FromChild, { readonly type: "finished" }>): LifecycleNews {
  return { kind: "finished", node, done: summary.done, failed: summary.failed };
}

/** Why a process that died said that it cannot work, unless it has printed that before. */
export function unsaid({ failure, tail }: Member): readonly string[] {
  const reasons = failure?.split("\n") ?? [];
  const isPrinted = tail.some((line) => reasons[0] !== undefined && line.includes(reasons[0]));
  return isPrinted ? [] : reasons;
}
