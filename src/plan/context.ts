import type { Graph } from "../graph/types.js";
import { type Placement, type Policy, type Run, SERVER, type Stage, type Topology } from "../topology/types.js";
import { HOME, type SinkPlan, type Target, type Transport, type WorkerPlan } from "./types.js";

export interface PlanOptions {
  readonly placement: Placement;
  readonly transport: Transport;
  /** Workers by stage; a stage that is not in it has its initial number. */
  readonly workers: ReadonlyMap<string, number>;
  /** Sinks write the results of a source in the order of its jobs. */
  readonly ordered?: boolean;
}

export interface Context {
  readonly topology: Topology;
  readonly graph: Graph;
  readonly options: PlanOptions;
  readonly pools: readonly Pool[];
  readonly numbers: ReadonlyMap<string, number>;
}

/** A proxy with the stages behind it. */
export interface Pool {
  readonly name: string;
  readonly stages: readonly string[];
  readonly prefetch: number | undefined;
  readonly maxQueued: number | undefined;
  readonly policy: Policy;
}

/** The declared proxies, and one for each stage that none of them names. */
export function poolsOf(topology: Topology): Pool[] {
  const claimed = new Set(topology.proxies.flatMap((proxy) => proxy.stages));
  const own = topology.stages.filter((stage) => hasPool(stage) && !claimed.has(stage.name));
  const unset = { prefetch: undefined, maxQueued: undefined, policy: "fifo" } as const;
  return [...topology.proxies, ...own.map((stage) => ({ name: stage.name, stages: [stage.name], ...unset }))];
}

/** Jobs of the stage go through a queue to workers; files and standard output are written by the sink itself. */
export function hasPool(stage: Stage): stage is Stage & Pick<WorkerPlan, "run"> {
  return outputOf(stage.run) === undefined;
}

export function outputOf(run: Run): SinkPlan["output"] | undefined {
  return run.kind === "file" || run.kind === "stdout" ? run : undefined;
}

export function lineSinks({ topology }: Context): readonly Stage[] {
  return topology.stages.filter((stage) => !hasPool(stage));
}

/** The server is the first, if there is one; sources follow in file order. */
export function ownersOf({ topology }: Pick<Context, "topology">): readonly string[] {
  return [...(topology.server ? [SERVER] : []), ...topology.sources.map(({ name }) => name)];
}

export function targetOf(context: Context, name: string): Target {
  return context.numbers.get(name) ?? HOME;
}

export function stageOf(context: Context, name: string): Stage {
  return context.topology.stages[targetOf(context, name)]!;
}
