import type { Graph, GraphJoin, JoinGroup, Origin } from "../graph/types.js";
import { type Placement, type Policy, SERVER, type Stage, type Topology } from "../topology/types.js";
import {
  type EdgePlan,
  HOME,
  type InboxPlan,
  type JoinPlan,
  type NodePlan,
  type Plan,
  type ProcessPlan,
  type ProxyAddress,
  type ProxyPlan,
  type ServerPlan,
  type StagePlan,
  type Target,
  type Transport,
  type WorkerPlan,
} from "./types.js";

export interface PlanOptions {
  readonly placement: Placement;
  readonly transport: Transport;
  /** Workers by stage; a stage that is not in it has its initial number. */
  readonly workers: ReadonlyMap<string, number>;
}

/** Spreads the graph over processes. Pure: the same input gives the same plan, which is what makes plans comparable. */
export function buildPlan(topology: Topology, graph: Graph, options: PlanOptions): Plan {
  const pools = poolsOf(topology);
  const numbers = new Map(topology.stages.map((stage, number) => [stage.name, number]));
  const context: Context = { topology, graph, options, pools, numbers };
  const entry = topology.server ? [serverPlan(context)] : [];
  const proxies = pools.map((_, index) => proxyPlan(context, index));
  const workers = topology.stages.flatMap((stage) => workerPlans(context, stage));
  return {
    name: topology.name,
    placement: options.placement,
    transport: options.transport,
    processes: spread(options.placement, [...entry, ...proxies], workers),
  };
}

/** Which nodes share a process. */
function spread(placement: Placement, core: readonly NodePlan[], workers: readonly NodePlan[]): ProcessPlan[] {
  const alone = (node: NodePlan): ProcessPlan => ({ name: node.name, nodes: [node] });
  switch (placement) {
    case "separate":
      return [...core, ...workers].map(alone);
    case "hub":
      return [{ name: "hub", nodes: core }, ...workers.map(alone)];
    case "inline":
      return [{ name: "all", nodes: [...core, ...workers] }];
  }
}

interface Context {
  readonly topology: Topology;
  readonly graph: Graph;
  readonly options: PlanOptions;
  readonly pools: readonly Pool[];
  readonly numbers: ReadonlyMap<string, number>;
}

/** A proxy with the stages behind it. */
interface Pool {
  readonly name: string;
  readonly stages: readonly string[];
  readonly prefetch: number | undefined;
  readonly maxQueued: number | undefined;
  readonly policy: Policy;
}

/** The declared proxies, and one for each stage that none of them names. */
function poolsOf(topology: Topology): Pool[] {
  const claimed = new Set(topology.proxies.flatMap((proxy) => proxy.stages));
  const own = topology.stages.filter((stage) => !claimed.has(stage.name));
  const unset = { prefetch: undefined, maxQueued: undefined, policy: "fifo" } as const;
  return [...topology.proxies, ...own.map((stage) => ({ name: stage.name, stages: [stage.name], ...unset }))];
}

function serverPlan(context: Context): ServerPlan {
  const { topology, options } = context;
  return {
    kind: "server",
    name: SERVER,
    owner: 0,
    answers: answersInbox(options),
    server: topology.server!,
    routes: topology.server!.routes.map((route, index) => ({
      targets: route.to.map((name) => targetOf(context, name)),
      origin: isGathered(context, { kind: "copies", origin: { route: index } }) ? routeOrigin(index) : undefined,
      priority: route.priority,
    })),
    proxies: proxyAddresses(context),
  };
}

function proxyPlan(context: Context, index: number): ProxyPlan {
  const { topology, options } = context;
  const pool = context.pools[index]!;
  return {
    kind: "proxy",
    name: pool.name,
    number: index + 1,
    jobs: { name: jobsInbox(pool), medium: options.placement === "separate" ? options.transport : "memory" },
    workers: { name: workersInbox(pool), medium: options.placement === "inline" ? "memory" : options.transport },
    stages: pool.stages.map((name) => stagePlan(context, stageOf(context, name))),
    proxies: proxyAddresses(context),
    owners: topology.server ? [{ owner: 0, answers: answersInbox(options).name }] : [],
    stageNames: topology.stages.map((stage) => stage.name),
    maxHops: topology.maxHops,
    prefetch: pool.prefetch,
    maxQueued: pool.maxQueued,
    policy: pool.policy,
  };
}

function stagePlan(context: Context, stage: Stage): StagePlan {
  const number = targetOf(context, stage.name);
  const edges = edgesOf(context, stage);
  const all = edges.filter((edge) => edge.route === "all").map((edge) => targetOf(context, edge.to));
  return {
    number,
    name: stage.name,
    maxAttempts: stage.maxAttempts,
    concurrency: stage.concurrency,
    all,
    copies: isGathered(context, { kind: "copies", origin: { stage: stage.name } }) ? number : undefined,
    edges: edges.map((edge) => edgePlan(context, stage, edge.to)),
    join: joinPlan(context, stage),
  };
}

function edgesOf(context: Context, stage: Stage) {
  return context.topology.edges.filter((edge) => edge.from === stage.name);
}

function edgePlan(context: Context, stage: Stage, to: string): EdgePlan {
  const scatter = { kind: "scatter", origin: { stage: stage.name }, target: to } as const;
  const joins = joinsOf(context, scatter);
  const emptyTo = nearest(context, to, joins);
  return {
    target: targetOf(context, to),
    gathered: joins.length > 0,
    emptyTo: emptyTo && targetOf(context, emptyTo.stage),
  };
}

/**
 * The join that gathers what is scattered to `from`. On the way there, other scatters may open and their joins close
 * again, so it is the first join that is met with none open.
 */
function nearest(context: Context, from: string, joins: readonly GraphJoin[]): GraphJoin | undefined {
  const seen = new Set<string>();
  const queue: [name: string, open: number][] = [[from, 0]];
  for (const [name, open] of queue) {
    const key = `${name} ${open}`;
    if (seen.has(key) || open > MOST_OPEN) continue;
    seen.add(key);
    const isJoin = context.graph.joins.some(({ stage }) => stage === name);
    const join = joins.find(({ stage }) => stage === name);
    if (isJoin && open === 0) {
      if (join) return join;
      continue;
    }
    const after = isJoin ? open - 1 : open;
    for (const edge of context.topology.edges) {
      if (edge.from === name && !edge.loopback) queue.push([edge.to, after + (opensGroup(context, edge) ? 1 : 0)]);
    }
  }
  return undefined;
}

/** Scatters that nest deeper, on the way from a scatter to its join, are not followed. */
const MOST_OPEN = 16;

/** What goes along the edge is part of a group that some join gathers. */
function opensGroup(context: Context, { from, to, route }: Topology["edges"][number]): boolean {
  const origin = { stage: from };
  return route === "choose"
    ? isGathered(context, { kind: "scatter", origin, target: to })
    : isGathered(context, { kind: "copies", origin });
}

function joinPlan(context: Context, stage: Stage): JoinPlan | undefined {
  const join = context.graph.joins.find((candidate) => candidate.stage === stage.name);
  if (!join) return undefined;
  const groups = join.groups.map((group) => groupPlan(context, group));
  return { sources: join.sources, bare: join.bare, groups };
}

function groupPlan(context: Context, group: JoinGroup) {
  const origin = originOf(context, group.origin);
  return group.kind === "copies"
    ? { origin, target: HOME, parts: group.parts }
    : { origin, target: targetOf(context, group.target), parts: 0 };
}

type GroupKey = Pick<JoinGroup, "kind" | "origin"> & { readonly target?: string };

function isGathered(context: Context, key: GroupKey): boolean {
  return joinsOf(context, key).length > 0;
}

function joinsOf(context: Context, key: GroupKey): GraphJoin[] {
  const same = (group: JoinGroup) =>
    group.kind === key.kind &&
    originOf(context, group.origin) === originOf(context, key.origin) &&
    (group.kind === "copies" || group.target === key.target);
  return context.graph.joins.filter((join) => join.groups.some(same));
}

/** Routes are numbered above the stages, so that one number names any origin. */
const ROUTE_ORIGINS = 0x8000;

function routeOrigin(index: number): number {
  return ROUTE_ORIGINS + index;
}

function originOf(context: Context, origin: Origin): number {
  return "route" in origin ? routeOrigin(origin.route) : targetOf(context, origin.stage);
}

function workerPlans(context: Context, stage: Stage): WorkerPlan[] {
  const count = context.options.workers.get(stage.name) ?? stage.workers.initial;
  const pool = context.pools.find((candidate) => candidate.stages.includes(stage.name))!;
  return Array.from({ length: count }, (_, index) => ({
    kind: "worker",
    name: `${stage.name}.${index + 1}`,
    stage: stage.name,
    stageNumber: targetOf(context, stage.name),
    topology: context.topology.name,
    run: stage.run,
    threads: stage.threads,
    concurrency: stage.concurrency,
    env: stage.env,
    edges: edgesOf(context, stage).map((edge) => edge.to),
    inbox: workersInbox(pool),
  }));
}

function targetOf(context: Context, name: string): Target {
  return context.numbers.get(name) ?? HOME;
}

function stageOf(context: Context, name: string): Stage {
  return context.topology.stages[targetOf(context, name)]!;
}

function proxyAddresses(context: Context): ProxyAddress[] {
  return context.pools.map((pool) => ({
    jobs: jobsInbox(pool),
    stages: pool.stages.map((name) => targetOf(context, name)),
  }));
}

function answersInbox(options: PlanOptions): InboxPlan {
  return { name: `${SERVER}/answers`, medium: options.placement === "separate" ? options.transport : "memory" };
}

function jobsInbox(pool: Pool): string {
  return `${pool.name}/jobs`;
}

function workersInbox(pool: Pool): string {
  return `${pool.name}/workers`;
}
