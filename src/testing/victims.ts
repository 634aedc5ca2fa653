import { ZpipeError } from "../errors.js";
import type { NodeSnapshot, Snapshot } from "../metrics/snapshot.js";
import type { Run } from "../runtime/run.js";
import { eventually } from "./waiting.js";

/**
 * The workers of some stages, stopped before they are given anything: what they are given then dies with them, unless it
 * was done already. Only so is it certain that a job is in hand when its worker is killed.
 */
export class Victims {
  private readonly pids: ReadonlyMap<string, readonly number[]>;

  /** @throws ZpipeError when they have no process of their own */
  constructor(
    private readonly run: Run,
    stages: readonly string[],
  ) {
    const { nodes } = latest(run);
    this.pids = new Map(stages.map((stage) => [stage, pidsOf(stage, nodes)]));
    for (const pids of this.pids.values()) for (const pid of pids) signal(pid, "SIGSTOP");
  }

  /** Kills those of each stage when one of them has a job; false when it was over before that. */
  async killBusy(isOver: () => boolean): Promise<boolean> {
    const left = new Set(this.pids.keys());
    while (left.size > 0 && !isOver()) {
      const { stages } = await this.run.snapshot();
      for (const { name, inFlight } of stages) {
        if (inFlight === 0 || !left.delete(name)) continue;
        for (const pid of this.pids.get(name)!) signal(pid, "SIGKILL");
      }
      if (left.size > 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return left.size === 0;
  }

  /** None stays stopped. */
  release(): void {
    for (const pids of this.pids.values()) for (const pid of pids) signal(pid, "SIGCONT");
  }
}

const POLL_MS = 10;

/** Resolves when every worker that is wanted is ready again; false when that takes too long. */
export function recovered(run: Run, patienceMs: number): Promise<boolean> {
  return eventually(patienceMs, async () => {
    const { stages } = await run.snapshot();
    return stages.every(({ workers }) => workers.ready >= workers.wanted);
  });
}

/** Without waiting: a watch begins with it. */
function latest(run: Run): Snapshot {
  let snapshot: Snapshot | undefined;
  run.watch((event) => {
    if (event.type === "snapshot") snapshot = event.snapshot;
  })();
  return snapshot!;
}

function pidsOf(stage: string, nodes: readonly NodeSnapshot[]): readonly number[] {
  const workers = nodes.filter((node) => node.kind === "worker" && node.stage === stage);
  const shared = workers.find((worker) => nodes.some((node) => node.process === worker.process && node !== worker));
  if (shared === undefined) return workers.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  throw new ZpipeError(`the workers of ${stage} have no process of their own that could be killed`, {
    code: "no-victim",
    hints: ["Take --placement separate or hub."],
  });
}

/** With all that the worker has started: its process leads a group. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // It is gone.
  }
}
