import type { Placement, Policy, Run, Server } from "../topology/types.js";

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

export type NodePlan = ServerPlan | ProxyPlan | WorkerPlan;

/** A place where messages arrive. Only nodes of the same process reach a "memory" inbox. */
export interface InboxPlan {
  readonly name: string;
  readonly medium: "memory" | Transport;
}

/** Where an edge leads: the number of a stage, or HOME for the job's owner. */
export type Target = number;
export const HOME: Target = 0xffff;

export interface ServerPlan {
  readonly kind: "server";
  readonly name: string;
  /** Its number as an owner; unique among owners. */
  readonly owner: number;
  readonly answers: InboxPlan;
  readonly server: Server;
  readonly routes: readonly RoutePlan[];
  /** Every proxy, for jobs and for cancellations. */
  readonly proxies: readonly ProxyAddress[];
}

export interface RoutePlan {
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
  /** Every proxy of the topology, itself included. */
  readonly proxies: readonly ProxyAddress[];
  readonly owners: readonly { readonly owner: number; readonly answers: string }[];
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
  /** Targets of the edges that every returned value follows. */
  readonly all: readonly Target[];
  /** Number of this stage's copies as the origin of a group; undefined when no join gathers them. */
  readonly copies: number | undefined;
  /** Every edge by the index that workers use; the names are in the WorkerPlan. */
  readonly edges: readonly EdgePlan[];
  readonly join: JoinPlan | undefined;
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
  readonly run: Run;
  /** Undefined: jobs are done on the worker's event loop. */
  readonly threads: number | undefined;
  readonly concurrency: number;
  readonly env: Readonly<Record<string, string>>;
  /** Names of the edges, by index. */
  readonly edges: readonly string[];
  /** Name of the proxy's inbox for workers. */
  readonly inbox: string;
}
