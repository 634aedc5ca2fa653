import type { StageStats } from "../../plan/child.js";
import type { RequestKey, TracedHop } from "../../plan/trace.js";
import type { Dones, FromWorker, Job, Load, Output, ToWorker, Train } from "../../protocol/messages.js";
import type { Policy } from "../../topology/types.js";
import type { Link } from "../../transport/types.js";

/** What came of a train: one output of each job, all along one way. */
export type TrainOutputs = Pick<Dones, "route" | "edge" | "kind" | "payloads">;

/** What a pool says to its proxy. */
export interface PoolPorts {
  /** A worker finished the job. */
  done(job: Job, outputs: readonly Output[]): void;
  /** A worker finished all of its jobs. */
  trainDone(train: Train, outputs: TrainOutputs): void;
  /** A worker threw. */
  failed(job: Job, message: string, status: number): void;
  /** The job was not taken, or given up. */
  refused(job: Job, message: string, refusal: { readonly status?: number; readonly poison?: boolean }): void;
  /** Nobody waits for the job any more, or for any job of the train. */
  unwanted(load: Load): boolean;
  /** Nobody waits for some of its jobs, or for any. */
  partlyUnwanted(train: Train): boolean;
  now(): number;
}

export interface PoolOptions {
  readonly stage: string;
  readonly concurrency: number;
  readonly edges: readonly string[];
  readonly maxAttempts: number;
  /** Jobs for a worker beyond those that it runs; undefined: as many as the worker asks for. */
  readonly prefetch: number | undefined;
  /** A job that lies with one worker may be given to another that is idle: it may then be done twice. */
  readonly recalls: boolean;
  /** Jobs queued beyond which one more is refused. */
  readonly maxQueued: number | undefined;
  readonly policy: Policy;
}

/** What a proxy asks of the pool of a stage. */
export interface StagePool {
  add(job: Job): void;
  receive(link: Link<ToWorker>, message: Exclude<FromWorker, { type: "hello" }>): void;
  join(link: Link<ToWorker>, name: string, credits: number): void;
  /** The worker is gone, whatever the reason. */
  lose(link: Link<ToWorker>): void;
  /** Drops queued jobs that nobody waits for, and tells the workers that run such. */
  sweep(): void;
  /** Only the latter. */
  abortUnwanted(): void;
  /** Those of the requests' jobs that workers have in hand. */
  running(requests: readonly RequestKey[]): TracedHop[];
  stats(): Omit<StageStats, "sent">;
}
