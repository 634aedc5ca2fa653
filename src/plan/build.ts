import type { Graph } from "../graph/types.js";
import type { Placement, Topology } from "../topology/types.js";
import { type Context, hasPool, type PlanOptions, poolsOf } from "./context.js";
import { serverPlan, sourcePlan } from "./owners.js";
import { gatePlan, proxyPlan, sinkPlan, workerPlans } from "./stages.js";
import type { NodePlan, Plan, ProcessPlan } from "./types.js";

/** Spreads the graph over processes. Pure: the same input gives the same plan, which is what makes plans comparable. */
export function buildPlan(topology: Topology, graph: Graph, options: PlanOptions): Plan {
  const pools = poolsOf(topology);
  const numbers = new Map(topology.stages.map((stage, number) => [stage.name, number]));
  const context: Context = { topology, graph, options, pools, numbers };
  const server = topology.server ? [serverPlan(context)] : [];
  const sources = topology.sources.map((source) => sourcePlan(context, source));
  const proxies = pools.map((_, index) => proxyPlan(context, index));
  const sinks = topology.stages.flatMap((stage) => sinkPlan(context, stage) ?? []);
  const gate = topology.discovery ? [gatePlan(context, topology.discovery)] : [];
  const workers = topology.stages.filter(hasPool).flatMap((stage) => workerPlans(context, stage));
  return {
    name: topology.name,
    placement: options.placement,
    transport: options.transport,
    processes: spread(options.placement, [...server, ...sources, ...proxies, ...sinks], [...gate, ...workers]),
  };
}

/** Which nodes share a process. */
function spread(placement: Placement, core: readonly NodePlan[], others: readonly NodePlan[]): ProcessPlan[] {
  const alone = (node: NodePlan): ProcessPlan => ({ name: node.name, nodes: [node] });
  switch (placement) {
    case "separate":
      return [...core, ...others].map(alone);
    case "hub":
      return [{ name: "hub", nodes: core }, ...others.map(alone)];
    case "inline":
      return [{ name: "all", nodes: [...core, ...others] }];
  }
}
