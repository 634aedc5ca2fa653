import type { RequestKey, TraceAnswer, TraceQuestion } from "../../plan/trace.js";
import type { ProxyPlan, StagePlan } from "../../plan/types.js";
import { printableName } from "../../printable.js";
import { answersChannel } from "../../protocol/answers.js";
import { jobsChannel } from "../../protocol/jobs.js";
import {
  type Ack,
  type Acks,
  type Answer,
  type Failure,
  type FromWorker,
  type Job,
  type Load,
  type Output,
  OutputRoute,
  requestName,
  type ToOwner,
  type ToProxy,
  type ToWorker,
  type Train,
} from "../../protocol/messages.js";
import { ProtocolError } from "../../protocol/pack.js";
import { PayloadKind } from "../../protocol/payload.js";
import { workersChannel } from "../../protocol/workers.js";
import { afterTheFirst } from "../../transport/reconnect.js";
import type { Inbox, Link } from "../../transport/types.js";
import { GroupIds } from "../group.js";
import { HopLog } from "../hop-log.js";
import { jobsOf, sizeOf } from "../load.js";
import { Once } from "../once.js";
import { refusalLog } from "../refusal-log.js";
import type { BoundNode, NodeContext, RunningNode } from "../types.js";
import { BroadcastPool } from "./broadcast-pool.js";
import { theLast, together } from "./copies.js";
import { Gatherer } from "./gatherer.js";
import { keyReader } from "./job-key.js";
import { KeyedPool } from "./keyed-pool.js";
import { MatchedPool } from "./matched-pool.js";
import { Pool } from "./pool.js";
import type { PoolOptions, PoolPorts, StagePool } from "./pool-types.js";
import { failure, finished, outputsOf, Router } from "./router.js";
import { DeadWishes } from "./wishes.js";

/** How often queues are searched for what has expired or was cancelled. Dispatch looks at each job anyway. */
const SWEEP_MS = 250;

/** Binds a proxy's inboxes: jobs come in from owners and other proxies, workers say hello and are given work. */
export async function bindProxy(plan: ProxyPlan, context: NodeContext): Promise<BoundNode> {
  const proxy = new ProxyNode(plan, context);
  const jobs = await context.network.bind(plan.jobs, jobsChannel, {
    onMessage: (_, message) => proxy.receiveJob(message),
    onGone: () => {},
    onError: refusalLog(context, "refused a message"),
  });
  const workers = await context.network.bind(plan.workers, workersChannel, {
    onMessage: (link, message) => proxy.receiveFromWorker(link, message),
    onGone: (link) => proxy.loseWorker(link),
    onError: refusalLog(context, "refused a worker's message"),
  });
  proxy.inboxes.push(jobs, workers);
  const endpoints: Record<string, string> = {};
  if (jobs.endpoint) endpoints[plan.jobs.name] = jobs.endpoint;
  if (workers.endpoint) endpoints[plan.workers.name] = workers.endpoint;
  return { endpoints, start: () => proxy.start() };
}

interface HostedStage {
  readonly plan: StagePlan;
  readonly pool: StagePool;
  readonly router: Router;
  readonly gatherer: Gatherer | undefined;
  /** What came of each job that may come again. */
  readonly once: Once<SinkOutcome> | undefined;
  /** Jobs that were not wanted any more when they came, or while they were gathered. */
  dropped: number;
}

type SinkOutcome =
  | { readonly outputs: readonly Output[] }
  | { readonly message: string; readonly status: number; readonly poison: boolean };

class ProxyNode implements RunningNode {
  readonly inboxes: Inbox[] = [];
  private readonly hops = new HopLog();
  private readonly wishes = new DeadWishes();
  private readonly groups: GroupIds;
  private readonly stages = new Map<number, HostedStage>();
  private readonly stageOfWorker = new Map<Link<ToWorker>, HostedStage>();
  private readonly proxyOfStage: Link<ToProxy>[] = [];
  private readonly owners = new Map<number, Link<ToOwner>>();
  private readonly closers: (() => void)[] = [];
  private sweepTimer: NodeJS.Timeout | undefined;
  private sweepSoon = false;

  constructor(
    private readonly plan: ProxyPlan,
    private readonly context: NodeContext,
  ) {
    this.groups = new GroupIds(plan.number);
    for (const stage of plan.stages) this.stages.set(stage.number, this.host(stage));
  }

  start(): Promise<RunningNode> {
    const { network, tell } = this.context;
    const forward = () => ({ onMessage: () => {}, onConnect: afterTheFirst(() => this.tellLoss()) });
    for (const { jobs, stages } of this.plan.proxies) {
      // A job for a stage of its own never leaves the proxy.
      if (jobs === this.plan.jobs.name) continue;
      const link = network.connect(jobs, jobsChannel, forward());
      this.closers.push(() => link.close());
      for (const stage of stages) this.proxyOfStage[stage] = link;
    }
    for (const { owner, answers } of this.plan.owners) {
      const link = network.connect(answers, answersChannel, forward());
      this.closers.push(() => link.close());
      this.owners.set(owner, link);
    }
    this.sweepLater(SWEEP_MS);
    this.closers.push(() => clearTimeout(this.sweepTimer));
    tell({ type: "ready", node: this.plan.name });
    return Promise.resolve(this);
  }

  receiveJob(message: ToProxy): void {
    if (message.type === "job") this.take(message);
    else if (message.type === "train") this.takeTrain(message);
    else if (message.type === "cancel") {
      this.wishes.cancel(message, performance.now());
      this.abortSoon();
    }
  }

  receiveFromWorker(link: Link<ToWorker>, message: FromWorker): void {
    if (message.type !== "hello") {
      this.stageOfWorker.get(link)?.pool.receive(link, message);
      return;
    }
    const stage = this.stages.get(message.stage);
    const name = printableName(message.name);
    if (!stage) throw new ProtocolError(`worker ${name} belongs to no stage of this proxy`);
    const before = this.stageOfWorker.get(link);
    if (before !== stage) before?.pool.lose(link);
    this.stageOfWorker.set(link, stage);
    stage.pool.join(link, name, message.credits);
  }

  loseWorker(link: Link<ToWorker>): void {
    this.stageOfWorker.get(link)?.pool.lose(link);
    this.stageOfWorker.delete(link);
  }

  dropSession(session: number): void {
    this.wishes.loseSession(session);
    for (const { once } of this.stages.values()) once?.dropSession(session);
    this.abortSoon();
    this.sweep();
  }

  stats() {
    const stages = [...this.stages.values()].map(({ pool, gatherer, router, dropped }) => {
      const stats = pool.stats();
      const sent = router.sent.stats();
      return { ...stats, gathering: gatherer?.size ?? 0, dropped: stats.dropped + dropped, sent };
    });
    return { kind: "proxy" as const, node: this.plan.name, stages };
  }

  trace(question: TraceQuestion): TraceAnswer {
    const { hops, stages } = this;
    const running = (requests: readonly RequestKey[]) =>
      [...stages.values()].flatMap(({ pool }) => pool.running(requests));
    return hops.answer(question, running);
  }

  close(): Promise<void> {
    for (const close of this.closers) close();
    for (const inbox of this.inboxes) inbox.close();
    return Promise.resolve();
  }

  private host(plan: StagePlan): HostedStage {
    const once = plan.once ? new Once<SinkOutcome>(TAKEN) : undefined;
    const router = new Router(plan, this.plan.maxHops, {
      newGroupId: () => this.groups.next(),
      toStage: (load) => this.toStage(load),
      toOwner: (owner, message) => this.toOwner(owner, message),
      onRefused: (job, message) =>
        this.context.log("warn", `stage ${plan.name}: ${message}`, { request: requestName(job.session, job.seq) }),
    });
    const options: PoolOptions = {
      stage: plan.name,
      concurrency: plan.concurrency,
      edges: plan.edges.map(({ target }) => this.plan.stageNames[target] ?? "server"),
      maxAttempts: plan.maxAttempts,
      prefetch: this.plan.prefetch,
      recalls: !plan.once,
      maxQueued: this.plan.maxQueued,
      policy: this.plan.policy,
    };
    const ports: PoolPorts = {
      done: (job, outputs) =>
        router.route(once ? once.settle(job, { outputs: outputs.map(withoutValue) }) : job, outputs),
      trainDone: (train, outputs) => {
        if (!once) router.routeTrain(train, outputs);
        else if (outputs.route === OutputRoute.follow && once.settleTrain(train)) router.acknowledge(train);
        else {
          const jobs = jobsOf(train);
          for (const [place, output] of outputsOf(outputs).entries()) ports.done(jobs[place]!, [output]);
        }
      },
      failed: (job, message, status) => {
        router.fail(once ? once.settle(job, { message, status, poison: false }) : job, message, status);
      },
      refused: (job, message, refusal) => {
        const { status = 0, poison = false } = refusal;
        router.refuse(once ? once.settle(job, { message, status, poison }) : job, message, refusal);
      },
      unwanted: (load) => this.isUnwanted(load),
      partlyUnwanted: (train) => isLate(train) || this.wishes.hasAny(train, sizeOf(train)),
      now: () => performance.now(),
    };
    const pool = poolOf(plan, options, ports, this.hops);
    const gatherer = plan.join && new Gatherer(plan.join, this.plan.stageNames);
    return { plan, pool, router, gatherer, once, dropped: 0 };
  }

  private take(job: Job): void {
    const stage = this.stages.get(job.to);
    if (!stage) {
      this.toOwner(job.owner, failure(job, this.plan.name, `it has no stage number ${job.to}`, 0));
      return;
    }
    if (this.isUnwanted(job)) {
      stage.dropped++;
      return;
    }
    if (stage.once && !isNew(stage.once, stage.router, job)) return;
    const gathered = stage.gatherer ? stage.gatherer.add(job) : job;
    if (gathered === "stray") {
      stage.router.refuse(job, "it gathers the parts of a scatter, but this job does not come from one that it knows");
    } else if (gathered === "spare") this.toOwner(job.owner, finished("ack", job, job));
    else if (gathered !== "waiting") stage.pool.add(gathered);
  }

  /** As a whole where nothing is asked of each job but to be queued. */
  private takeTrain(train: Train): void {
    const stage = this.stages.get(train.to);
    const isPlain = stage && !stage.gatherer && stage.pool instanceof Pool && !this.isUnwanted(train);
    if (isPlain && (!stage.once || stage.once.meetTrain(train))) stage.pool.add(train);
    else for (const job of jobsOf(train)) this.take(job);
  }

  private toStage(load: Load): void {
    if (!this.stages.has(load.to)) this.proxyOfStage[load.to]?.send(load);
    else if (load.type === "train") this.takeTrain(load);
    else this.take(load);
  }

  private toOwner(owner: number, message: Answer | Failure | Ack | Acks): void {
    this.owners.get(owner)?.send(message);
  }

  /** Only now is the way to whatever was started again open: a request sent again before may have been lost here. */
  private tellLoss(): void {
    for (const owner of this.owners.values()) owner.send({ type: "lost" });
  }

  private isUnwanted(load: Load): boolean {
    return isLate(load) || (load.type === "train" ? this.wishes.hasSession(load.session) : this.wishes.has(load));
  }

  /** Cancellations come in bursts: the workers' jobs are looked through once a turn. */
  private abortSoon(): void {
    if (this.sweepSoon) return;
    this.sweepSoon = true;
    setImmediate(() => {
      this.sweepSoon = false;
      for (const { pool } of this.stages.values()) pool.abortUnwanted();
    });
  }

  private sweep(): void {
    for (const stage of this.stages.values()) {
      stage.pool.sweep();
      stage.dropped += stage.gatherer?.drop((job) => this.isUnwanted(job)) ?? 0;
    }
  }

  /** A long queue takes long to search: it must not take more than a small part of the proxy's time. */
  private sweepLater(ms: number): void {
    this.sweepTimer = setTimeout(() => {
      const startedAt = performance.now();
      this.sweep();
      this.sweepLater(Math.max(SWEEP_MS, 20 * (performance.now() - startedAt)));
    }, ms);
  }
}

function isLate({ deadline }: Load): boolean {
  return deadline !== Number.POSITIVE_INFINITY && deadline < Date.now();
}

function poolOf(plan: StagePlan, options: PoolOptions, ports: PoolPorts, log: HopLog): StagePool {
  const { key, match, deliver } = plan;
  if (deliver === "all") return new BroadcastPool(options, ports, log, plan.once ? theLast : together);
  if (key !== undefined) return new KeyedPool(keyReader(key), { ...options, key }, ports, log);
  if (match !== undefined) return new MatchedPool(match, options, ports, log);
  return new Pool(options, ports, log);
}

/** What comes of most jobs of a sink. */
const TAKEN: SinkOutcome = {
  outputs: [{ route: OutputRoute.follow, edge: 0, meta: "", kind: PayloadKind.json, payload: "" }],
};

/** What a sink returns goes nowhere: only that it has returned is to be remembered. */
function withoutValue(output: Output): Output {
  return output.route === OutputRoute.follow ? { ...output, kind: PayloadKind.json, payload: "" } : output;
}

/** What came of it the first time is said again. */
function isNew(once: Once<SinkOutcome>, router: Router, job: Job): boolean {
  const taken = once.meet(job);
  if (taken === undefined) return true;
  if (taken === "over" || taken.outcome === undefined) return false;
  const { outcome } = taken;
  if ("outputs" in outcome) router.route(job, outcome.outputs);
  else router.refuse(job, outcome.message, outcome);
  return false;
}
