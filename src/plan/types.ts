import type { Deliver, Discovery, Match, Placement, Policy, Run, Server, Source } from "../topology/types.js";

/**
 * What runs where: the graph spread over processes, with every socket named. Node, stage and inbox names are unique in a
 * plan. Plain data: it travels to the child processes as JSON.
 */
export interface Plan {
  readonly name: string;
  readonly placement: Placement;
  readonly transport: Transport;
  readonly processes: readonly ProcessPlan[];
}

/** How processes reach each other: unix domain sockets in the run directory, or tcp on loopback. */
export type Transport = "ipc" | "tcp";
export const TRANSPORTS: readonly Transport[] = ["ipc", "tcp"];

/** One operating-system process and the nodes it hosts. */
export interface ProcessPlan {
  /** The name of its only node, or `hub`, or `all` for everything in one. */
  readonly name: string;
  readonly nodes: readonly NodePlan[];
}

export type NodePlan = ServerPlan | SourcePlan | ProxyPlan | WorkerPlan | SinkPlan | GatePlan;

/** A place where messages arrive. Only nodes of the same process reach a "memory" inbox. */
export interface InboxPlan {
  readonly name: string;
  readonly medium: "memory" | Transport;
}

/** Where an edge leads: the number of a stage, or HOME for the job's owner. */
export type Target = number;
export const HOME: Target = 0xffff;

/** What servers and sources have in common. */
export interface OwnerPlan {
  readonly name: string;
  /** Its number as an owner; unique among owners. */
  readonly owner: number;
  readonly answers: InboxPlan;
  /** Every proxy and sink, for jobs and for cancellations. */
  readonly proxies: readonly ProxyAddress[];
}

export interface ServerPlan extends OwnerPlan {
  readonly kind: "server";
  readonly server: Server;
  readonly routes: readonly EntryPlan[];
  /** What is left of a request when it is answered may be dropped: none of it goes to a sink. */
  readonly dropsRest: boolean;
}

export interface SourcePlan extends OwnerPlan {
  readonly kind: "source";
  readonly topology: string;
  readonly source: Source;
  readonly entry: EntryPlan;
  /** Its lane in fair queues. */
  readonly lane: number;
  /** The sinks that write its results in the order of its jobs; none: in the order in which they are ready. */
  readonly orderedBy: readonly number[];
}

/** Writes what comes to it to a file or to standard output; a sink that calls a module is a stage. */
export interface SinkPlan {
  readonly kind: "sink";
  readonly name: string;
  /** Its number among the stages. */
  readonly number: number;
  readonly jobs: InboxPlan;
  readonly output: Extract<Run, { readonly kind: "file" | "stdout" }>;
  readonly owners: readonly OwnerAddress[];
  /** Numbers of the owners whose jobs are written in their order. */
  readonly ordered: readonly number[];
}

export interface OwnerAddress {
  readonly owner: number;
  /** Name of the inbox for answers. */
  readonly answers: string;
}

/** Where a route or a source leads. */
export interface EntryPlan {
  readonly targets: readonly Target[];
  /** Number of this scatter as the origin of a group; undefined when no join gathers it. */
  readonly origin: number | undefined;
  readonly priority: number;
}

export interface ProxyAddress {
  /** Name of the inbox for jobs. */
  readonly jobs: string;
  readonly stages: readonly number[];
}

export interface ProxyPlan {
  readonly kind: "proxy";
  readonly name: string;
  /** Number of the node, for group ids that are unique in the run. */
  readonly number: number;
  readonly jobs: InboxPlan;
  readonly workers: InboxPlan;
  readonly stages: readonly StagePlan[];
  /** Every proxy and sink of the topology, itself included. */
  readonly proxies: readonly ProxyAddress[];
  readonly owners: readonly OwnerAddress[];
  readonly stageNames: readonly string[];
  readonly maxHops: number;
  readonly prefetch: number | undefined;
  readonly maxQueued: number | undefined;
  readonly policy: Policy;
}

export interface StagePlan {
  /** Index into the topology's stages. */
  readonly number: number;
  readonly name: string;
  readonly maxAttempts: number;
  readonly concurrency: number;
  /** Where the key is in a job: equal keys go to the same worker. Undefined: any worker will do. */
  readonly key: string | undefined;
  /** How what a job needs is compared with what workers advertise. Undefined: any worker will do. */
  readonly match: Match | undefined;
  /** "all": each worker gets a copy of every job; only of a sink. */
  readonly deliver: Deliver;
  /** Targets of the edges that every returned value follows. */
  readonly all: readonly Target[];
  /** Number of this stage's copies as the origin of a group; undefined when no join gathers them. */
  readonly copies: number | undefined;
  /** Every edge by the index that workers use; the names are in the WorkerPlan. */
  readonly edges: readonly EdgePlan[];
  readonly join: JoinPlan | undefined;
  /** A sink: each job is done once, even if its owner sends it again, and what is returned goes nowhere. */
  readonly once: boolean;
}

export interface EdgePlan {
  readonly target: Target;
  /** What is scattered along it is gathered by a join. */
  readonly gathered: boolean;
  /** The join that an empty scatter completes; undefined when none gathers it. */
  readonly emptyTo: Target | undefined;
}

export interface JoinPlan {
  /** Names of the stages whose parts are gathered. */
  readonly sources: readonly string[];
  readonly bare: boolean;
  readonly groups: readonly JoinGroupPlan[];
}

export interface JoinGroupPlan {
  readonly origin: number;
  /** The stage that was scattered to; HOME (no stage) for copies along several edges. */
  readonly target: Target;
  /** Parts to gather; 0: as many as were scattered. */
  readonly parts: number;
}

export interface WorkerPlan {
  readonly kind: "worker";
  /** `<stage>.<n>`. */
  readonly name: string;
  readonly stage: string;
  readonly stageNumber: number;
  readonly topology: string;
  readonly run: Extract<Run, { readonly kind: "module" | "command" }>;
  /** Undefined: jobs are done on the worker's event loop. */
  readonly threads: number | undefined;
  readonly concurrency: number;
  /** How often a handler that has thrown is called again with the same job. */
  readonly retries: number;
  readonly env: Readonly<Record<string, string>>;
  /** Names of the edges, by index. */
  readonly edges: readonly string[];
  /** Name of the proxy's inbox for workers. */
  readonly inbox: string;
}

/** Where workers of other hosts come in: each of them is, to its proxy, a worker like any other. */
export interface GatePlan {
  readonly kind: "gate";
  readonly name: string;
  readonly topology: string;
  readonly discovery: Discovery;
  /** The stages that have workers, in the order of their numbers. */
  readonly stages: readonly OpenStage[];
}

export interface OpenStage {
  readonly number: number;
  readonly name: string;
  readonly concurrency: number;
  readonly retries: number;
  /** Names of the edges, by index. */
  readonly edges: readonly string[];
  /** Name of its proxy's inbox for workers. */
  readonly inbox: string;
}
