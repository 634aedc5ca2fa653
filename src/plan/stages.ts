import { type Discovery, type Edge, GATE, type Stage } from "../topology/types.js";
import { type Context, hasPool, outputOf, ownersOf, stageOf, targetOf } from "./context.js";
import { isGathered, joinPlan, joinsOf, nearest } from "./gathering.js";
import { jobsInbox, ownerAddresses, proxyAddresses, workersInbox } from "./inboxes.js";
import {
  type EdgePlan,
  type GatePlan,
  HOME,
  type OpenStage,
  type ProxyPlan,
  type SinkPlan,
  type StagePlan,
  type Target,
  type WorkerPlan,
} from "./types.js";

export function proxyPlan(context: Context, index: number): ProxyPlan {
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
  const all = edges.filter((edge) => edge.route === "all").map((edge) => targetOfEdge(context, edge));
  // There may be several owners, but a job has one home.
  const targets = all.filter((to, index) => to !== HOME || all.indexOf(to) === index);
  return {
    number,
    name: stage.name,
    maxAttempts: stage.maxAttempts,
    concurrency: stage.concurrency,
    key: stage.key,
    match: stage.match,
    deliver: stage.deliver,
    all: targets,
    copies: isGathered(context, { kind: "copies", origin: { stage: stage.name } }) ? number : undefined,
    edges: edges.map((edge) => edgePlan(context, edge)),
    join: joinPlan(context, stage),
    once: stage.role === "sink",
  };
}

function edgesOf(context: Context, stage: Stage) {
  return context.topology.edges.filter((edge) => edge.from === stage.name);
}

/** A loopback leads home, whatever it is called. */
function targetOfEdge(context: Context, { to, loopback }: Edge): Target {
  return loopback ? HOME : targetOf(context, to);
}

function edgePlan(context: Context, edge: Edge): EdgePlan {
  const { from, to } = edge;
  const scatter = { kind: "scatter", origin: { stage: from }, target: to } as const;
  const joins = joinsOf(context, scatter);
  const emptyTo = nearest(context, to, joins);
  return {
    target: targetOfEdge(context, edge),
    gathered: joins.length > 0,
    emptyTo: emptyTo && targetOf(context, emptyTo.stage),
  };
}

export function workerPlans(context: Context, stage: Stage & Pick<WorkerPlan, "run">): WorkerPlan[] {
  const count = context.options.workers.get(stage.name) ?? stage.workers.initial;
  const { number, concurrency, retries, edges, inbox } = openStage(context, stage);
  return Array.from({ length: count }, (_, index) => ({
    kind: "worker",
    name: `${stage.name}.${index + 1}`,
    stage: stage.name,
    stageNumber: number,
    topology: context.topology.name,
    run: stage.run,
    threads: stage.threads,
    concurrency,
    retries,
    env: stage.env,
    edges,
    inbox,
  }));
}

export function gatePlan(context: Context, discovery: Discovery): GatePlan {
  const { topology } = context;
  const stages = topology.stages.filter(hasPool).map((stage) => openStage(context, stage));
  return { kind: "gate", name: GATE, topology: topology.name, discovery, stages };
}

function openStage(context: Context, stage: Stage): OpenStage {
  const { name, concurrency, retries } = stage;
  const pool = context.pools.find((candidate) => candidate.stages.includes(name))!;
  const edges = edgesOf(context, stage).map((edge) => edge.to);
  return { number: targetOf(context, name), name, concurrency, retries, edges, inbox: workersInbox(pool) };
}

export function sinkPlan(context: Context, stage: Stage): SinkPlan | undefined {
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
    ordered: context.options.ordered
      ? context.topology.sources.map((source) => ownersOf(context).indexOf(source.name))
      : [],
  };
}
