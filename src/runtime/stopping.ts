import type { StopResult } from "../control/types.js";
import type { Fleet } from "./fleet.js";
import type { Member } from "./member.js";

export interface StopFleetOptions {
  readonly graceMs: number;
  /** Aborted: wait for nothing any more. Whoever aborts it calls `fleet.changed()`. */
  readonly kill: AbortSignal;
  /** Requests that were not answered, by what the owners said last. */
  readonly pending: () => number;
}

/** Makes a process that was asked to end do so; its next life, if it has one, is left alone. */
export async function insist(fleet: Fleet, member: Member): Promise<void> {
  const { child } = member;
  const over = () => member.child !== child;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (await fleet.within(STEP_MS, over)) return;
    child?.signal(signal);
  }
}

const STEP_MS = 2_000;

/** Drains the owners, asks all processes to end, and then makes them: TERM, and at last KILL. */
export async function stopFleet(fleet: Fleet, { graceMs, kill, pending }: StopFleetOptions): Promise<StopResult> {
  fleet.drain();
  const drained = await fleet.within(graceMs, () => kill.aborted || fleet.drained);
  const answered = drained && !kill.aborted;
  // Who is to be killed is not told: a server would answer what it gives up, or not, by chance.
  fleet.stop({ tell: !kill.aborted });
  const over = () => kill.aborted || fleet.gone;
  if (!(await fleet.within(STEP_MS, over))) {
    // One that computes, or is only just loading, does not hear the word; nothing that was promised hangs on it now.
    fleet.signal("SIGTERM");
    await fleet.within(STEP_MS, over);
  }
  const unforced = fleet.gone;
  fleet.signal("SIGKILL");
  await fleet.until(() => fleet.gone);
  // Only now have the owners told how many they gave up.
  const unanswered = answered ? 0 : pending();
  return { clean: answered && unforced, unanswered };
}
