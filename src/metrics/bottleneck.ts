/** What tells how hard the workers of a stage have it. */
export interface StageLoad {
  readonly name: string;
  /** Share of the workers' time that was spent in the handler: 1 is all of it. */
  readonly utilisation: number;
  readonly wait: { readonly meanMs: number };
}

/** The stage that more workers would help most, as far as the times can tell. */
export interface Bottleneck {
  readonly stage: string;
  /** "utilisation": its workers had work most of the time. "wait": none had, but here jobs waited longest. */
  readonly by: "utilisation" | "wait";
}

/** Below this share nobody waited for the workers of a stage for long. */
const BUSY = 0.5;

/** Of one stage at least. */
export function bottleneckOf(stages: readonly StageLoad[]): Bottleneck {
  const busiest = most(stages, (stage) => stage.utilisation);
  if (busiest.utilisation >= BUSY) return { stage: busiest.name, by: "utilisation" };
  return { stage: most(stages, (stage) => stage.wait.meanMs).name, by: "wait" };
}

function most<T>(items: readonly T[], value: (item: T) => number): T {
  return items.reduce((best, item) => (value(item) > value(best) ? item : best));
}
