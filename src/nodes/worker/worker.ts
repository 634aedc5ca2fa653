import type { WorkerPlan } from "../../plan/types.js";
import type { FromWorker } from "../../protocol/messages.js";
import { workersChannel } from "../../protocol/workers.js";
import type { Metadata } from "../../topology/types.js";
import type { Connection } from "../../transport/types.js";
import { advertised } from "../advertised.js";
import type { BoundNode, NodeContext, RunningNode } from "../types.js";
import { Billboard } from "./billboard.js";
import { startCommand } from "./command.js";
import { WorkerCore } from "./core.js";
import { loggerOf } from "./logger.js";
import { loadWorkerModule } from "./module.js";
import { retrying } from "./retrying.js";
import { type JobRunner, runHere } from "./runner.js";

/** Loads the worker's module, here or in threads, or starts its program, then asks its proxy for work. */
export function prepareWorker(plan: WorkerPlan, context: NodeContext, source: ModuleSource): BoundNode {
  // Loading runs while the other processes bind: the module is the slowest part of a worker's start.
  const board = new Billboard();
  const loading = loadRunner(plan, context, source, board);
  loading.catch(() => {});
  return {
    endpoints: {},
    start: async () => new Worker(plan, context, retrying(await loading, plan.retries), board).start(),
    drop: async () => {
      const runner = await loading.catch(() => undefined);
      await runner?.end();
    },
  };
}

/** Where a worker's module comes from in this process. */
export interface ModuleSource {
  readonly compiled: Readonly<Record<string, string>>;
  readonly metadata: Metadata;
  /** Names a copy of its own; "" for the first worker of its stage in this process. */
  readonly copy: string;
}

async function loadRunner(
  plan: WorkerPlan,
  context: NodeContext,
  { compiled, metadata, copy }: ModuleSource,
  { advertise }: Billboard,
): Promise<JobRunner> {
  const log = loggerOf(context);
  const { topology, stage, name: worker, run } = plan;
  const file = run.kind === "module" ? (compiled[run.path] ?? run.path) : "";
  if (run.kind === "module" && plan.threads !== undefined) {
    return (await import("./threads/pool.js")).startThreads(
      plan,
      plan.threads,
      { source: run.path, file, metadata },
      log,
    );
  }
  const module =
    run.kind === "command"
      ? await startCommand(run, plan, metadata, { log, advertise, onDeath: context.fail })
      : await loadWorkerModule(run.path, file, copy);
  await module.setup?.({ topology, stage, worker, metadata, log, advertise });
  return runHere(module, plan.edges);
}

class Worker implements RunningNode {
  private readonly core: WorkerCore;
  private connection: Connection<FromWorker> | undefined;
  private readonly bye: Promise<void>;

  constructor(
    private readonly plan: WorkerPlan,
    private readonly context: NodeContext,
    private readonly runner: JobRunner,
    private readonly board: Billboard,
  ) {
    let sayBye = () => {};
    this.bye = new Promise((resolve) => {
      sayBye = resolve;
    });
    this.core = new WorkerCore(plan, runner, loggerOf(context), board, {
      send: (message) => this.connection?.send(message),
      flush: () => this.connection?.flush(),
      onBye: sayBye,
    });
  }

  /** Resolves when the proxy has taken it in. */
  start(): Promise<RunningNode> {
    return new Promise((resolve) => {
      this.connection = this.context.network.connect(this.plan.inbox, workersChannel, {
        onConnect: () => this.core.hello(),
        onMessage: (message) => {
          if (message.type === "welcome") {
            this.context.tell({ type: "ready", node: this.plan.name });
            resolve(this);
          }
          this.core.receive(message);
        },
      });
    });
  }

  stats() {
    const { plan, core, board } = this;
    const advertises = advertised(board.message);
    return { kind: "worker" as const, node: plan.name, done: core.done, running: core.runningCount, advertises };
  }

  async retire(): Promise<void> {
    this.core.retire();
    await this.bye;
    await this.close();
  }

  async close(): Promise<void> {
    this.connection?.close();
    this.connection = undefined;
    await this.runner.end();
  }
}
