import { randomUUID } from "node:crypto";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { BroadcastChannel, type Worker } from "node:worker_threads";
import { Piscina } from "piscina";
import { unreachable } from "../../../errors.js";
import type { WorkerPlan } from "../../../plan/types.js";
import type { Output, Work } from "../../../protocol/messages.js";
import { within } from "../../within.js";
import type { Logger } from "../handler.js";
import type { JobContext } from "../job-context.js";
import type { JobRunner } from "../runner.js";
import { stackOf } from "../thrown.js";
import {
  type FromThread,
  received,
  send,
  type Task,
  type TaskResult,
  type ThreadData,
  type ThreadModule,
  type ToThreads,
} from "./messages.js";
import { Tally } from "./tally.js";

/** From src/nodes/worker/threads as well as from dist/nodes/worker/threads: a thread loads JavaScript only. */
const THREAD = fileURLToPath(new URL("../../../../dist/nodes/worker/threads/thread.js", import.meta.url));

/** A thread that has not heard after so long that it is to end computes, and is not waited for. */
const HEARING_MS = 500;
/** How long a module may take to tear down, from when it is told to, and with what it prints. */
const LONGEST_END_MS = 1500;
/** The supervisor's own patience is a little longer. */
const LONGEST_OUTPUT_MS = 1800;

/** Resolves when every thread has loaded the module and set it up. @throws what the module throws while it does */
export async function startThreads(
  plan: WorkerPlan,
  threads: number,
  module: ThreadModule,
  log: Logger,
): Promise<JobRunner> {
  const pool = new ThreadPool(plan, threads, module, log);
  await pool.ready;
  return pool;
}

/** Jobs are done in threads; this one only hands bytes to and fro. */
class ThreadPool implements JobRunner {
  readonly ready: Promise<void>;
  private readonly pool: Piscina<Task, TaskResult>;
  private readonly channel: BroadcastChannel;
  private readonly inHand = new Set<JobContext>();
  private readonly set = new Tally();
  private readonly leaving = new Tally();
  private readonly left = new Tally();
  private nextNumber = 1;
  private state: "starting" | "running" | "ending" = "starting";

  constructor(
    private readonly plan: WorkerPlan,
    private readonly threads: number,
    module: ThreadModule,
    private readonly log: Logger,
  ) {
    const data: ThreadData = { plan, module, channel: `${plan.name} ${randomUUID()}` };
    this.channel = new BroadcastChannel(data.channel);
    // What all threads print goes there, and each waits for it when it is full.
    for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);
    this.pool = new Piscina({
      filename: THREAD,
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: Math.ceil(plan.concurrency / threads),
      // A thread that sleeps between jobs could not hear anything else, nor keep a connection alive.
      atomics: "disabled",
      recordTiming: false,
      workerData: data,
    });
    // What a thread dies of is heard of the thread itself.
    this.pool.on("error", () => {});
    this.pool.on("message", (message: FromThread) => this.hear(message));
    this.ready = this.start();
  }

  run(work: Work, context: JobContext): Promise<TaskResult> {
    const number = this.nextNumber++;
    const unwanted = new Int32Array(new SharedArrayBuffer(4));
    const moved: ArrayBuffer[] = [];
    const task: Task = { number, work: send(fieldsOf(work), moved), unwanted };
    context.onAbort = () => {
      // For a handler that computes, and for one that waits.
      Atomics.store(unwanted, 0, 1);
      this.say({ type: "abort", number });
    };
    this.inHand.add(context);
    return this.pool.run(task, { transferList: moved }).finally(() => this.inHand.delete(context));
  }

  outputsOf(returned: unknown): Output[] {
    const result = returned as TaskResult;
    if (result.type === "done") return result.outputs.map((output) => received<Output>(output));
    const { message, status, stack } = result;
    throw Object.assign(new Error(message), { status, stack });
  }

  async end(): Promise<void> {
    const began = performance.now();
    const until = (ms: number) => began + ms - performance.now();
    this.state = "ending";
    for (const context of this.inHand) context.abort();
    this.say({ type: "end" });
    await within(HEARING_MS, this.leaving.reaches(this.threads));
    await within(until(LONGEST_END_MS), this.left.reaches(this.leaving.count));
    await within(until(LONGEST_OUTPUT_MS), this.destroy());
  }

  private async start(): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      for (const thread of this.pool.threads) this.watch(thread, reject);
    });
    try {
      await Promise.race([this.set.reaches(this.threads), failed]);
    } catch (error) {
      this.state = "ending";
      await within(LONGEST_OUTPUT_MS, this.destroy());
      throw error;
    }
    this.state = "running";
  }

  /** Resolves when they have ended, and what they have printed has passed through streams of ours. */
  private async destroy(): Promise<void> {
    this.channel.close();
    const outputs = this.pool.threads.flatMap(({ stdout, stderr }) => [stdout, stderr]);
    await this.pool.destroy();
    await Promise.all(outputs.map((output) => finished(output)));
  }

  /** Heard before the pool does, which would put another thread in its place and let its job fail. */
  private watch(thread: Worker, reject: (error: unknown) => void): void {
    const gone = (error: unknown, why: string) => {
      if (this.state === "starting") reject(error);
      if (this.state !== "running") return;
      process.stderr.write(`a thread of ${this.plan.name} has died: ${why}\n`);
      // The proxy sees this process go and gives its jobs to another worker.
      process.exit(1);
    };
    thread.prependListener("error", (error) => gone(error, stackOf(error)));
    thread.prependListener("exit", (code) => {
      const why = `it ended with exit code ${code}`;
      gone(new Error(`a thread is not ready: ${why}`), why);
    });
  }

  private hear(message: FromThread): void {
    switch (message.type) {
      case "ready":
        this.set.add();
        break;
      case "log":
        this.log[message.level](message.message, message.fields);
        break;
      case "leaving":
        this.leaving.add();
        break;
      case "left":
        this.left.add();
        break;
      default:
        unreachable(message);
    }
  }

  private say(message: ToThreads): void {
    this.channel.postMessage(message);
  }
}

/** What another thread gets of an object are its own fields, not what its class computes. */
function fieldsOf({ type, slot, session, seq, kind, attempt, hops, deadline, trace, payload }: Work): Work {
  return { type, slot, session, seq, kind, attempt, hops, deadline, trace, payload };
}
