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
  type Load,
  requestName,
  type ToOwner,
  type ToProxy,
  type ToWorker,
} from "../../protocol/messages.js";
import { ProtocolError } from "../../protocol/pack.js";
import { workersChannel } from "../../protocol/workers.js";
import { afterTheFirst } from "../../transport/reconnect.js";
import type { Inbox, Link } from "../../transport/types.js";
import { GroupIds } from "../group.js";
import { HopLog } from "../hop-log.js";
import { jobsOf, sizeOf } from "../load.js";
import { refusalLog } from "../refusal-log.js";
import type { BoundNode, NodeContext, RunningNode } from "../types.js";
import { failure } from "./router.js";
import { Stage, type StagePorts } from "./stage.js";
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

class ProxyNode implements RunningNode {
  readonly inboxes: Inbox[] = [];
  private readonly hops = new HopLog();
  private readonly wishes = new DeadWishes();
  private readonly groups: GroupIds;
  private readonly stages = new Map<number, Stage>();
  private readonly stageOfWorker = new Map<Link<ToWorker>, Stage>();
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
    for (const stage of plan.stages) {
      this.stages.set(stage.number, new Stage(stage, plan, this.portsOf(stage), this.hops));
    }
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
    if (message.type === "job" || message.type === "train") this.take(message);
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
    for (const stage of this.stages.values()) stage.dropSession(session);
    this.abortSoon();
    this.sweep();
  }

  stats() {
    const stages = [...this.stages.values()].map((stage) => stage.stats());
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

  private portsOf(stage: StagePlan): StagePorts {
    return {
      newGroupId: () => this.groups.next(),
      toStage: (load) => {
        if (this.stages.has(load.to)) this.take(load);
        else this.proxyOfStage[load.to]?.send(load);
      },
      toOwner: (owner, message) => this.toOwner(owner, message),
      onRefused: (job, message) =>
        this.context.log("warn", `stage ${stage.name}: ${message}`, { request: requestName(job.session, job.seq) }),
      unwanted: (load) =>
        isLate(load) || (load.type === "train" ? this.wishes.hasSession(load.session) : this.wishes.has(load)),
      partlyUnwanted: (train) => isLate(train) || this.wishes.hasAny(train, sizeOf(train)),
      now: () => performance.now(),
    };
  }

  private take(load: Load): void {
    const stage = this.stages.get(load.to);
    if (!stage) {
      for (const job of jobsOf(load)) {
        this.toOwner(job.owner, failure(job, this.plan.name, `it has no stage number ${job.to}`, 0));
      }
    } else if (load.type === "train") stage.takeTrain(load);
    else stage.take(load);
  }

  private toOwner(owner: number, message: Answer | Failure | Ack | Acks): void {
    this.owners.get(owner)?.send(message);
  }

  /** Only now is the way to whatever was started again open: a request sent again before may have been lost here. */
  private tellLoss(): void {
    for (const owner of this.owners.values()) owner.send({ type: "lost" });
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
    for (const stage of this.stages.values()) stage.sweep();
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
