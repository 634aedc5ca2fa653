import { buildPlan } from "../plan/build.js";
import type { WorkerPlan } from "../plan/types.js";
import type { Posting } from "../protocol/gate.js";
import type { JoinSettings } from "./options.js";

/** The workers that are to be started here, as our own copy of the topology has them. */
export function workersFor({ topology, graph, stages, host }: JoinSettings): readonly WorkerPlan[] {
  const { processes } = buildPlan(topology, graph, { placement: "separate", transport: "tcp", workers: stages });
  return processes
    .flatMap(({ nodes }) => nodes)
    .filter((node): node is WorkerPlan => node.kind === "worker" && stages.has(node.stage))
    .map((plan) => ({ ...plan, name: plan.name.replace(plan.stage, `${plan.stage}@${host}`) }));
}

/** What the topology that runs says of a stage goes before what our copy says. */
export function posted(plans: readonly WorkerPlan[], postings: readonly Posting[]): readonly WorkerPlan[] {
  return plans.map((plan) => {
    const { number, concurrency, retries, edges } = postings.find(({ stage }) => stage === plan.stage)!;
    return { ...plan, stageNumber: number, concurrency, retries, edges };
  });
}
