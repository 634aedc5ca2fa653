import { availableParallelism } from "node:os";
import type { Snapshot, StageSnapshot } from "../metrics/snapshot.js";
import type { Placement, Stage } from "../topology/types.js";
import { decide, FRESH, type Resize, type SizingRule, type SizingState } from "./sizing.js";

/** So long a number that somebody has set by hand is left alone. */
export const HOLD_MS = 300_000;

interface Pool {
  readonly rule: SizingRule;
  state: SizingState;
  /** A resize is under way. */
  resizing: boolean;
  heldUntil: number;
}

/** Looks at the pools that size themselves, and has them resized. */
export class Autosizer {
  readonly #pools: ReadonlyMap<string, Pool>;
  readonly #processors: number;
  readonly #resize: (stage: string, resize: Resize) => Promise<unknown>;

  /** @param fixed stages whose number was set for the whole run */
  constructor(
    stages: readonly Stage[],
    fixed: ReadonlySet<string>,
    placement: Placement,
    resize: (stage: string, resize: Resize) => Promise<unknown>,
  ) {
    const own = stages.filter(({ name, workers }) => workers.sizing !== undefined && !fixed.has(name));
    this.#pools = new Map(own.map(({ name, workers }) => [name, poolOf({ ...workers, ...workers.sizing! })]));
    // Inline there is one event loop for all.
    const threads = stages.some((stage) => stage.threads !== undefined);
    this.#processors = placement === "inline" && !threads ? 1 : availableParallelism();
    this.#resize = resize;
  }

  look(snapshot: Snapshot, now: number): void {
    if (this.#pools.size === 0 || snapshot.run.state !== "running") return;
    const busyShare = processorsUsed(snapshot) / this.#processors;
    for (const stage of snapshot.stages) {
      const pool = this.#pools.get(stage.name);
      if (pool !== undefined && !pool.resizing && now >= pool.heldUntil) this.#consider(pool, stage, busyShare, now);
    }
  }

  /** Somebody has set its number by hand. Tells for how long that holds; undefined: it does not size itself anyway. */
  hold(stage: string, now: number): number | undefined {
    const pool = this.#pools.get(stage);
    if (pool === undefined) return undefined;
    pool.heldUntil = now + HOLD_MS;
    pool.state = FRESH;
    return HOLD_MS;
  }

  #consider(pool: Pool, { name, workers, depth, oldestMs }: StageSnapshot, busyShare: number, now: number): void {
    const { state, resize } = decide(pool.state, { at: now, workers, depth, oldestMs, busyShare }, pool.rule);
    pool.state = state;
    if (resize === undefined) return;
    pool.resizing = true;
    // What could not be done now, since the run ends or a worker does not start, may be wanted again later.
    const done = () => {
      pool.resizing = false;
    };
    void this.#resize(name, resize).then(done, done);
  }
}

function poolOf({ min, max, waitMs, idleMs }: SizingRule): Pool {
  return { rule: { min, max, waitMs, idleMs }, state: FRESH, resizing: false, heldUntil: Number.NEGATIVE_INFINITY };
}

/** Nodes of one process tell the same. */
function processorsUsed({ nodes }: Snapshot): number {
  const byProcess = new Map(nodes.map(({ process, cpuPercent }) => [process, cpuPercent]));
  return [...byProcess.values()].reduce((sum, percent) => sum + percent / 100, 0);
}
