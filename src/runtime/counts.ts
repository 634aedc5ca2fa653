import type { ScaleChange, ScaleResult } from "../control/types.js";
import { ExitCode, ZpipeError } from "../errors.js";
import { didYouMean } from "../topology/nearest.js";
import type { Stage } from "../topology/types.js";

/** Workers by stage. */
export type WorkerCounts = ReadonlyMap<string, number>;

/** Bounds of a stage that the topology gives a fixed number of workers. */
const FREE_BOUNDS = { min: 1, max: 1024 };

/** Applies the changes in order; throws, and changes nothing, when one of them is not possible. */
export function changeCounts(
  stages: readonly Stage[],
  counts: WorkerCounts,
  changes: readonly ScaleChange[],
): { readonly counts: WorkerCounts; readonly result: ScaleResult } {
  const next = new Map(counts);
  for (const { stage: name, to } of changes) {
    const stage = stageOf(stages, name);
    const wanted = typeof to === "number" ? to : next.get(name)! + to.delta;
    checkBounds(stage, wanted);
    next.set(name, wanted);
  }
  const touched = [...new Set(changes.map((change) => change.stage))];
  return {
    counts: next,
    result: {
      stages: touched.map((stage) => ({ stage, before: counts.get(stage)!, after: next.get(stage)! })),
    },
  };
}

/** The counts that a run starts with. */
export function initialCounts(stages: readonly Stage[], wanted: WorkerCounts = new Map()): WorkerCounts {
  const initial = new Map(stages.map((stage) => [stage.name, stage.workers.initial]));
  const changes = [...wanted].map(([stage, to]) => ({ stage, to }));
  return changeCounts(stages, initial, changes).counts;
}

function stageOf(stages: readonly Stage[], name: string): Stage {
  const found = stages.find((stage) => stage.name === name);
  if (found !== undefined) return found;
  const names = stages.map((stage) => stage.name);
  throw new ZpipeError(`there is no stage ${JSON.stringify(name)}`, {
    code: "unknown-stage",
    exitCode: ExitCode.usage,
    hints: [didYouMean(name, names) ?? `The stages are: ${names.join(", ")}.`],
  });
}

function checkBounds(stage: Stage, wanted: number): void {
  if (stage.run.kind === "stdout" || stage.run.kind === "file") {
    if (wanted === 1) return;
    throw new ZpipeError(`the sink ${stage.name} is one process, which writes one line after the other`, {
      code: "workers-out-of-bounds",
      exitCode: ExitCode.usage,
    });
  }
  const { workers } = stage;
  const isFree = workers.min === workers.max;
  const { min, max } = isFree ? FREE_BOUNDS : workers;
  const atLeast = Math.min(min, workers.min);
  if (Number.isInteger(wanted) && wanted >= atLeast && wanted <= max) return;
  throw new ZpipeError(`${stage.name} cannot have ${wanted} workers: ${atLeast} to ${max} are allowed`, {
    code: "workers-out-of-bounds",
    exitCode: ExitCode.usage,
    hints: isFree ? [] : ["`workers = { min = …, max = … }` in the topology sets the bounds."],
  });
}
