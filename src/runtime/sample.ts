import type {
  Advertised,
  NodeSnapshot,
  NodeState,
  ServerSnapshot,
  SourceSnapshot,
  StageScaling,
  StageSnapshot,
  TimesSnapshot,
} from "../metrics/snapshot.js";
import type { TimeTotals } from "../metrics/time-totals.js";
import type { Totals } from "../metrics/totals.js";
import type { NodeStats, ServerStats, SourceStats, StageStats, Times, WorkerStats } from "../plan/child.js";
import type { NodePlan } from "../plan/types.js";
import type { Stage } from "../topology/types.js";
import { answersOf, enterAnswers } from "./answers.js";
import type { WorkerCounts } from "./counts.js";
import { enterSent, type NodeNames } from "./edges.js";
import { remoteNodes, remoteWorkers } from "./guests.js";
import type { Member } from "./member.js";
import { type Usage, usageOf } from "./usage.js";

/** Workers of other hosts come behind all of the run's own. */
const LAST = 1e9;

export interface FleetView {
  readonly members: readonly Member[];
  /** Totals over restarts, by the names of `counterName`. */
  readonly counters: ReadonlyMap<string, number>;
  /** Sources that are not started. */
  readonly skipped: ReadonlySet<string>;
  readonly perSecond: (counter: string) => number;
  /** Over the last few seconds. */
  readonly meanPerSecond: (counter: string) => number;
  /** By the names of `counterName`. */
  readonly times: (name: string) => TimesSnapshot;
}

const STAGE_COUNTERS = ["received", "done", "failed", "redelivered", "dropped"] as const;

/** Every counter of the fleet, over all lives of the processes that count. */
export function countersOf(members: readonly Member[], totals: Totals, names: NodeNames): ReadonlyMap<string, number> {
  for (const member of members) {
    const enter = (name: string, value: number) => totals.observe(name, member.epoch, value);
    for (const stats of statsOf(member)) {
      enterNode(stats, enter);
      enterSent(stats, names, enter);
    }
  }
  const memory = members.map((member) => {
    const usage = usageOfMember(member);
    // By the pid: a worker that is added again under its name has a life of its own, and its epochs begin anew.
    if (usage !== undefined) totals.observe(cpuCounter(member), member.child!.pid!, usage.cpuMs);
    return [rssCounter(member), usage?.rssBytes ?? 0] as const;
  });
  return new Map([...totals.all(), ...memory]);
}

/** Enters the times that the fleet tells, as its counters are. */
export function observeTimes(members: readonly Member[], totals: TimeTotals): void {
  for (const member of members) {
    const enter = (name: string, times: Times) => totals.observe(name, member.epoch, times);
    for (const stats of statsOf(member)) {
      if (stats.kind === "server") enter(counterName("server", "latency"), stats.latency);
      if (stats.kind === "source") enter(counterName(stats.node, "latency"), stats.latency);
      for (const [name, { wait, service }] of stageStats(stats)) {
        enter(counterName(name, "wait"), wait);
        enter(counterName(name, "service"), service);
      }
    }
  }
}

/** Server, proxies, and workers by stage and number, whenever they were started. */
export function nodesOf(view: FleetView, stages: readonly string[]): readonly NodeSnapshot[] {
  const nodes = view.members.flatMap((member) => {
    const shared = {
      process: member.name,
      pid: member.child?.pid,
      restarts: member.life.restarts,
      uptimeMs: member.child === undefined ? 0 : Math.round(performance.now() - member.startedAt),
      rssBytes: view.counters.get(rssCounter(member)) ?? 0,
      // ms of CPU by second: 1000 is one core.
      cpuPercent: round(view.perSecond(cpuCounter(member)) / 10),
      cpuMs: view.counters.get(cpuCounter(member)) ?? 0,
    };
    return member.nodes.map((node) => ({
      name: node.name,
      kind: node.kind,
      stage: node.kind === "worker" ? node.stage : undefined,
      remote: false,
      state: stateOf(member, node),
      advertises: advertisedBy(member, node),
      ...shared,
    }));
  });
  const place = ({ stage, name, remote }: NodeSnapshot) =>
    stage === undefined ? [-1, 0] : [stages.indexOf(stage), remote ? LAST : Number(name.slice(stage.length + 1))];
  // Stable: what is no worker keeps the order of the plan.
  return [...nodes, ...remoteNodes(view.members)].sort(
    (a, b) => place(a)[0]! - place(b)[0]! || place(a)[1]! - place(b)[1]!,
  );
}

/** How many workers each stage is to have, and why it is no longer what it was. */
export interface Numbers {
  readonly counts: WorkerCounts;
  readonly scalings: ReadonlyMap<string, StageScaling>;
}

export function stagesOf(
  view: FleetView,
  { counts, scalings }: Numbers,
  stages: readonly Stage[],
): readonly StageSnapshot[] {
  const gauges = new Map(view.members.flatMap(statsOf).flatMap(stageStats));
  return [...counts].map(([name, wanted]) => {
    const gauge = gauges.get(name);
    const remote = remoteWorkers(view.members, name);
    const total = (counter: string) => view.counters.get(counterName(name, counter)) ?? 0;
    const rate = (counter: string) => round(view.perSecond(counterName(name, counter)));
    return {
      name,
      role: stages.find((stage) => stage.name === name)!.role,
      workers: {
        wanted,
        ready: readyWorkers(view.members, name),
        remote,
        idle: gauge?.idle ?? 0,
      },
      scaling: scalings.get(name),
      depth: gauge?.depth ?? 0,
      oldestMs: gauge?.oldestMs ?? 0,
      utilisation: utilisationOf(view, name, wanted + remote),
      inFlight: gauge?.inFlight ?? 0,
      gathering: gauge?.gathering ?? 0,
      inPerSecond: rate("received"),
      outPerSecond: rate("done"),
      received: total("received"),
      done: total("done"),
      failed: total("failed"),
      redelivered: total("redelivered"),
      dropped: total("dropped"),
      wait: view.times(counterName(name, "wait")),
      service: view.times(counterName(name, "service")),
    };
  });
}

export function serverOf(view: FleetView): ServerSnapshot | undefined {
  const host = view.members.find((member) => member.nodes.some(({ kind }) => kind === "server"));
  if (host === undefined) return undefined;
  const stats = statsOf(host).find((candidate): candidate is ServerStats => candidate.kind === "server");
  return {
    pending: stats?.pending ?? 0,
    requests: view.counters.get(counterName("server", "requests")) ?? 0,
    requestsPerSecond: round(view.perSecond(counterName("server", "requests"))),
    ...answersOf(view.counters, counterName("server", "")),
    latency: view.times(counterName("server", "latency")),
  };
}

export function sourcesOf(view: FleetView): readonly SourceSnapshot[] {
  return view.members.flatMap((member) =>
    member.nodes.flatMap((node) => {
      if (node.kind !== "source") return [];
      const { name } = node;
      const { after } = node.source;
      const stats = statsOf(member).find((each): each is SourceStats => each.kind === "source" && each.node === name);
      const { state = "waiting", pending = 0, done = 0, failed = 0, progress } = stats ?? {};
      const donePerSecond = round(view.perSecond(counterName(name, "done")));
      const latency = view.times(counterName(name, "latency"));
      const shown = view.skipped.has(name) ? "skipped" : state;
      const skipped = view.counters.get(counterName(name, "skipped")) ?? 0;
      return [{ name, state: shown, after, pending, done, failed, skipped, donePerSecond, progress, latency }];
    }),
  );
}

function enterNode(stats: NodeStats, enter: (name: string, value: number) => void): void {
  if (stats.kind === "server") {
    enter(counterName("server", "requests"), stats.requests);
    enterAnswers(stats.routes, (counter, count) => enter(counterName("server", counter), count));
  } else if (stats.kind === "source") {
    enter(counterName(stats.node, "done"), stats.done);
    enter(counterName(stats.node, "skipped"), stats.skipped);
  } else if (stats.kind === "proxy") {
    for (const stage of stats.stages) {
      for (const counter of STAGE_COUNTERS) enter(counterName(stage.stage, counter), stage[counter]);
      enter(counterName(stage.stage, "busy"), stage.service.sumUs);
    }
  }
}

function utilisationOf({ members, meanPerSecond }: FleetView, stage: string, workers: number): number {
  const nodes = members.flatMap((member) => member.nodes);
  const worker = nodes.find((node) => node.kind === "worker" && node.stage === stage);
  const concurrency = worker?.kind === "worker" ? worker.concurrency : 1;
  const busySeconds = meanPerSecond(counterName(stage, "busy")) / 1e6;
  // A long job counts when it is over, and then for all the time it took.
  return Math.min(Math.round((busySeconds * 1000) / Math.max(workers * concurrency, 1)) / 1000, 1);
}

/** Stages have no slash in their names, and none is called "server". */
function counterName(owner: string, counter: string): string {
  return `${owner}/${counter}`;
}

/** Before the slash is nothing, which no stage is called. */
function cpuCounter(member: Member): string {
  return `/cpu/${member.name}`;
}

function rssCounter(member: Member): string {
  return `/rss/${member.name}`;
}

/** Of a process that was started again, nothing is known until it has answered. */
function statsOf(member: Member): readonly NodeStats[] {
  return member.stats?.nodes ?? [];
}

function stageStats(stats: NodeStats): readonly (readonly [string, StageStats])[] {
  return stats.kind === "proxy" ? stats.stages.map((stage) => [stage.stage, stage] as const) : [];
}

function readyWorkers(members: readonly Member[], stage: string): number {
  const workers = members.flatMap((member) =>
    member.nodes.filter((node) => worksFor(node, stage) && isAtWork(stateOf(member, node))),
  );
  return workers.length;
}

/** A sink that writes lines has nobody else. */
function worksFor(node: NodePlan, stage: string): boolean {
  return node.kind === "worker" ? node.stage === stage : node.kind === "sink" && node.name === stage;
}

function isAtWork(state: NodeState): boolean {
  return state === "ready" || state === "running";
}

/** A node may be ready before its process is, and leave while its process stays. */
function stateOf(member: Member, node: NodePlan): NodeState {
  if (member.retiring.has(node.name)) return "draining";
  const state = member.life.state;
  return state === "running" && !member.isReady(node.name) ? "starting" : state;
}

function advertisedBy(member: Member, { kind, name }: NodePlan): Advertised | undefined {
  if (kind !== "worker") return undefined;
  return statsOf(member).find((each): each is WorkerStats => each.kind === "worker" && each.node === name)?.advertises;
}

/** Undefined while there is no process. */
function usageOfMember({ child, stats }: Member): Usage | undefined {
  if (child?.pid === undefined) return undefined;
  return usageOf(child.pid, stats && { cpuMs: stats.cpuMs, rssBytes: stats.rss });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
