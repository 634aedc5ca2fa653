import type { NodeSnapshot } from "../metrics/snapshot.js";
import type { Guest } from "../plan/child.js";
import type { Member } from "./member.js";

/** Workers of other hosts; of each, only what its gate knows. */
export function remoteNodes(members: readonly Member[]): readonly NodeSnapshot[] {
  const unknown = { pid: undefined, restarts: 0, rssBytes: 0, cpuPercent: 0, cpuMs: 0 };
  return guestsOf(members).map(({ name, stage, uptimeMs, advertises }) => ({
    name,
    kind: "worker",
    stage,
    remote: true,
    process: name,
    state: "running",
    uptimeMs,
    advertises,
    ...unknown,
  }));
}

/** How many of them work for the stage. */
export function remoteWorkers(members: readonly Member[], stage: string): number {
  return guestsOf(members).filter((guest) => guest.stage === stage).length;
}

function guestsOf(members: readonly Member[]): readonly Guest[] {
  const stats = members.flatMap((member) => member.stats?.nodes ?? []);
  return stats.flatMap((each) => (each.kind === "gate" ? each.guests : []));
}
