import type { Graph, GraphJoin, JoinGroup, Origin } from "../graph/types.js";
import { entriesOf } from "../topology/entries.js";
import {
  type Placement,
  type Policy,
  type Run,
  SERVER,
  type Source,
  type Stage,
  type Topology,
} from "../topology/types.js";
import {
  type EdgePlan,
  type EntryPlan,
  HOME,
  type InboxPlan,
  type JoinPlan,
  type NodePlan,
  type OwnerAddress,
  type Plan,
  type ProcessPlan,
  type ProxyAddress,
  type ProxyPlan,
  type ServerPlan,
  type SinkPlan,
  type SourcePlan,
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
  const server = topology.server ? [serverPlan(context)] : [];
  const sources = topology.sources.map((source) => sourcePlan(context, source));
  const proxies = pools.map((_, index) => proxyPlan(context, index));
  const sinks = topology.stages.flatMap((stage) => sinkPlan(context, stage) ?? []);
  const workers = topology.stages.filter(hasPool).flatMap((stage) => workerPlans(context, stage));
  return {
    name: topology.name,
    placement: options.placement,
    transport: options.transport,
    processes: spread(options.placement, [...server, ...sources, ...proxies, ...sinks], workers),
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
  const own = topology.stages.filter((stage) => hasPool(stage) && !claimed.has(stage.name));
  const unset = { prefetch: undefined, maxQueued: undefined, policy: "fifo" } as const;
  return [...topology.proxies, ...own.map((stage) => ({ name: stage.name, stages: [stage.name], ...unset }))];
}

/** Jobs of the stage go through a queue to workers; files and standard output are written by the sink itself. */
function hasPool(stage: Stage): stage is Stage & Pick<WorkerPlan, "run"> {
  return outputOf(stage.run) === undefined;
}

function outputOf(run: Run): SinkPlan["output"] | undefined {
  return run.kind === "file" || run.kind === "stdout" ? run : undefined;
}

function serverPlan(context: Context): ServerPlan {
  const { topology } = context;
  return {
    kind: "server",
    ...ownerPlan(context, SERVER),
    server: topology.server!,
    routes: topology.server!.routes.map((_, index) => entryPlan(context, index)),
    dropsRest: topology.stages.every(({ role }) => role !== "sink"),
  };
}

function sourcePlan(context: Context, source: Source): SourcePlan {
  const index = entriesOf(context.topology).findIndex(({ entity }) => entity === source);
  return {
    kind: "source",
    ...ownerPlan(context, source.name),
    topology: context.topology.name,
    source,
    entry: entryPlan(context, index),
    lane: index,
  };
}

function ownerPlan(context: Context, name: string) {
  return {
    name,
    owner: ownersOf(context).indexOf(name),
    answers: answersInbox(context.options, name),
    proxies: proxyAddresses(context),
  };
}

/** The server is the first, if there is one; sources follow in file order. */
function ownersOf({ topology }: Context): readonly string[] {
  return [...(topology.server ? [SERVER] : []), ...topology.sources.map(({ name }) => name)];
}

function ownerAddresses(context: Context): readonly OwnerAddress[] {
  return ownersOf(context).map((name, owner) => ({ owner, answers: answersInbox(context.options, name).name }));
}

function entryPlan(context: Context, index: number): EntryPlan {
  const { to, entity } = entriesOf(context.topology)[index]!;
  return {
    targets: to.map((name) => targetOf(context, name)),
    origin: isGathered(context, { kind: "copies", origin: { entry: index } }) ? entryOrigin(index) : undefined,
    priority: entity.priority,
  };
}

function sinkPlan(context: Context, stage: Stage): SinkPlan | undefined {
  const output = outputOf(stage.run);
  if (output === undefined) return undefined;
  const { name } = stage;
  return {
    kind: "sink",
    name,
    number: targetOf(context, name),
    jobs: jobsInbox(context.options, name),
    output,
    owners: ownerAddresses(context),
  };
}

function proxyPlan(context: Context, index: number): ProxyPlan {
  const { topology, options } = context;
  const pool = context.pools[index]!;
  return {
    kind: "proxy",
    name: pool.name,
    number: index + 1,
    jobs: jobsInbox(options, pool.name),
    workers: { name: workersInbox(pool), medium: options.placement === "inline" ? "memory" : options.transport },
    stages: pool.stages.map((name) => stagePlan(context, stageOf(context, name))),
    proxies: proxyAddresses(context),
    owners: ownerAddresses(context),
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
  // There may be several owners, but a job has one home.
  const targets = all.filter((to, index) => to !== HOME || all.indexOf(to) === index);
  return {
    number,
    name: stage.name,
    maxAttempts: stage.maxAttempts,
    concurrency: stage.concurrency,
    all: targets,
    copies: isGathered(context, { kind: "copies", origin: { stage: stage.name } }) ? number : undefined,
    edges: edges.map((edge) => edgePlan(context, stage, edge.to)),
    join: joinPlan(context, stage),
    once: stage.role === "sink",
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

/** Entries are numbered above the stages, so that one number names any origin. */
const ENTRY_ORIGINS = 0x8000;

function entryOrigin(index: number): number {
  return ENTRY_ORIGINS + index;
}

function originOf(context: Context, origin: Origin): number {
  return "entry" in origin ? entryOrigin(origin.entry) : targetOf(context, origin.stage);
}

function workerPlans(context: Context, stage: Stage & Pick<WorkerPlan, "run">): WorkerPlan[] {
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
  const { options, pools, topology } = context;
  const sinks = topology.stages.filter((stage) => !hasPool(stage));
  return [...pools, ...sinks.map(({ name }) => ({ name, stages: [name] }))].map(({ name, stages }) => ({
    jobs: jobsInbox(options, name).name,
    stages: stages.map((stage) => targetOf(context, stage)),
  }));
}

function answersInbox(options: PlanOptions, owner: string): InboxPlan {
  return { name: `${owner}/answers`, medium: mediumOfCore(options) };
}

function jobsInbox(options: PlanOptions, name: string): InboxPlan {
  return { name: `${name}/jobs`, medium: mediumOfCore(options) };
}

/** Owners, proxies and sinks share a process, unless each node has its own. */
function mediumOfCore({ placement, transport }: PlanOptions): InboxPlan["medium"] {
  return placement === "separate" ? transport : "memory";
}

function workersInbox(pool: Pool): string {
  return `${pool.name}/workers`;
}
