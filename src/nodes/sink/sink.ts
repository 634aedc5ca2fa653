import { messageOf } from "../../errors.js";
import { TimeHistogram } from "../../metrics/time-histogram.js";
import type { TraceAnswer, TraceQuestion } from "../../plan/trace.js";
import type { SinkPlan } from "../../plan/types.js";
import { answersChannel } from "../../protocol/answers.js";
import { jobsChannel } from "../../protocol/jobs.js";
import type { Ack, Failure, Finished, Job, Load, Release, ToOwner, ToProxy, Train } from "../../protocol/messages.js";
import { afterTheFirst } from "../../transport/reconnect.js";
import type { Connection, Inbox } from "../../transport/types.js";
import { Hop, HopLog } from "../hop-log.js";
import { acksOf, jobsOf, sizeOf } from "../load.js";
import { Once } from "../once.js";
import { refusalLog } from "../refusal-log.js";
import { Sent } from "../sent.js";
import type { BoundNode, NodeContext, RunningNode } from "../types.js";
import { areLines, lineOf } from "./line.js";
import { LineWriter } from "./line-writer.js";
import { Order } from "./order.js";

/** Binds a sink's inbox. */
export async function bindSink(plan: SinkPlan, context: NodeContext): Promise<BoundNode> {
  const sink = new SinkNode(plan, context);
  const inbox = await context.network.bind(plan.jobs, jobsChannel, {
    onMessage: (_, message) => sink.receive(message),
    onGone: () => {},
    onError: refusalLog(context, "refused a message"),
  });
  const endpoints = inbox.endpoint === undefined ? {} : { [plan.jobs.name]: inbox.endpoint };
  return { endpoints, start: () => sink.start(inbox) };
}

/** Writes each job that comes as a line, and then tells its owner so. */
class SinkNode implements RunningNode {
  private readonly once = new Once<Written>(WRITTEN);
  private readonly owners = new Map<number, Connection<ToOwner>>();
  private readonly lost = new Set<number>();
  private readonly sent = new Sent();
  private readonly writer: LineWriter;
  private inbox!: Inbox;
  private readonly order = new Order();
  /** From the arrival of a line to its write, and its share of that write. */
  private readonly wait = new TimeHistogram();
  private readonly service = new TimeHistogram();
  private readonly hops = new HopLog();
  private writtenSince = 0;
  /** Added since the last write began, and before it: jobs to be acknowledged, and releases to be confirmed. */
  private added: Added[] = [];
  private leaving: readonly Added[] = [];
  private received = 0;
  private done = 0;
  private failed = 0;
  private dropped = 0;

  constructor(
    private readonly plan: SinkPlan,
    private readonly context: NodeContext,
  ) {
    this.writer = LineWriter.open(plan.output, {
      onBatch: () => {
        this.writtenSince = performance.now();
        for (const { each, at } of this.added) {
          if (each.type !== "release") this.wait.record((this.writtenSince - at) * 1000, sizeOf(each));
        }
        this.leaving = this.added;
        this.added = [];
      },
      onWritten: () => {
        const now = performance.now();
        const us = ((now - this.writtenSince) * 1000) / jobsIn(this.leaving);
        for (const { each, at } of this.leaving) this.confirm(each, at, now, us);
        this.leaving = [];
        // Releases that brought no line: no later write would confirm them.
        if (this.writer.idle) for (const { each } of this.added.splice(0)) this.finish(each);
      },
      onError: (error) => context.fail(error),
    });
  }

  start(inbox: Inbox): Promise<RunningNode> {
    this.inbox = inbox;
    for (const { owner, answers } of this.plan.owners) {
      const onConnect = afterTheFirst(() => this.owners.get(owner)?.send({ type: "lost" }));
      this.owners.set(owner, this.context.network.connect(answers, answersChannel, { onMessage: () => {}, onConnect }));
      // What a former life held in order is lost; an owner must know before it hears anything else from this one.
      if (this.context.lives > 0) this.tell(owner, { type: "lost" });
    }
    this.context.tell({ type: "ready", node: this.plan.name });
    return Promise.resolve(this);
  }

  receive(message: ToProxy): void {
    // What has come is written in the same turn: there is nothing to cancel.
    if (message.type === "cancel") return;
    if (message.type === "release") {
      this.release(message);
      return;
    }
    this.received += sizeOf(message);
    if (this.lost.has(message.session) || message.deadline < Date.now()) {
      this.dropped += sizeOf(message);
      return;
    }
    if (message.type === "train" && this.takesWhole(message)) {
      this.writer.addAll(message.payloads);
      this.added.push({ each: message, at: performance.now() });
      return;
    }
    for (const job of jobsOf(message)) this.take(job);
  }

  dropSession(session: number): void {
    this.lost.add(session);
    this.once.dropSession(session);
    this.order.dropSession(session);
  }

  stats() {
    const { received, done, failed, dropped } = this;
    const depth = jobsIn(this.added) + jobsIn(this.leaving);
    const stage = {
      stage: this.plan.name,
      workers: 1,
      idle: depth === 0 ? 1 : 0,
      depth: 0,
      oldestMs: 0,
      inFlight: depth,
      gathering: 0,
      received,
      done,
      failed,
      redelivered: 0,
      dropped,
      wait: this.wait.times(),
      service: this.service.times(),
      sent: this.sent.stats(),
    };
    return { kind: "proxy" as const, node: this.plan.name, stages: [stage] };
  }

  trace(question: TraceQuestion): TraceAnswer {
    return this.hops.answer(question, () => []);
  }

  close(): Promise<void> {
    for (const owner of this.owners.values()) owner.close();
    this.inbox.close();
    this.writer.close();
    return Promise.resolve();
  }

  private take(job: Job): void {
    const taken = this.once.meet(job);
    if (taken === undefined) this.add(job);
    else if (taken !== "over" && taken.outcome !== undefined) {
      const { outcome } = taken;
      this.tell(job.owner, outcome === WRITTEN ? ack(job) : this.failure(job, outcome));
    }
  }

  private add(job: Job): void {
    try {
      const line = lineOf(job);
      if (this.plan.ordered.includes(job.owner)) {
        const now = performance.now();
        this.log(job, now, now, 0, Hop.done);
        this.order.hold(job, typeof line === "string" ? line : Buffer.from(line));
        this.tell(job.owner, ack(this.once.settle(job, WRITTEN)));
        return;
      }
      this.writer.add(line);
      this.added.push({ each: job, at: performance.now() });
    } catch (error) {
      this.failed++;
      const now = performance.now();
      this.log(job, now, now, 0, Hop.failed);
      const message = `it cannot be written as a line: ${messageOf(error)}`;
      this.tell(job.owner, this.failure(this.once.settle(job, message), message));
    }
  }

  /** All before it is there: it is confirmed when it is written. */
  private release(message: Release): void {
    if (this.lost.has(message.session)) return;
    this.done += this.order.release(message, (line) => this.writer.add(line));
    if (this.writer.idle) this.finish(message);
    else this.added.push({ each: message, at: performance.now() });
  }

  /** Each of its jobs is a line as it stands, is new, and waits for no other. */
  private takesWhole(train: Train): boolean {
    return !this.plan.ordered.includes(train.owner) && areLines(train) && this.once.meetTrain(train);
  }

  /** It is written. */
  private confirm(each: Load | Release, at: number, now: number, us: number): void {
    if (each.type !== "release") this.service.record(us, sizeOf(each));
    if (each.type === "job") this.log(each, at, now, us, Hop.done);
    if (each.type === "train") {
      this.hops.addTrain(each, this.plan.name, at, now, new Uint32Array(sizeOf(each)).fill(us));
    }
    this.finish(each);
  }

  private finish(each: Load | Release): void {
    if (each.type === "release") {
      const { owner, session, upTo } = each;
      this.tell(owner, { type: "written", session, sink: this.plan.number, upTo });
      return;
    }
    this.done += sizeOf(each);
    if (each.type === "train" && this.once.settleTrain(each)) this.tell(each.owner, acksOf(each));
    else for (const job of jobsOf(each)) this.tell(job.owner, ack(this.once.settle(job, WRITTEN)));
  }

  private log(job: Job, arrivedAt: number, now: number, us: number, outcome: 0 | 1): void {
    this.hops.add(job, this.plan.name, arrivedAt, now, us, outcome, 0);
  }

  private failure(job: Job, message: string): Failure {
    const gathered = job.group !== undefined;
    return { type: "failure", ...part(job), stage: this.plan.name, message, status: 0, poison: false, gathered };
  }

  private tell(owner: number, message: ToOwner): void {
    if (message.type === "ack" || message.type === "failure") this.sent.toOwner(owner);
    if (message.type === "acks") this.sent.toOwner(owner, message.count);
    this.owners.get(owner)?.send(message);
  }
}

/** What came of a job, or why it cannot be written. */
type Written = typeof WRITTEN | string;
const WRITTEN = true;

/** What was given to the writer, and when. */
interface Added {
  readonly each: Load | Release;
  readonly at: number;
}

function jobsIn(added: readonly Added[]): number {
  let jobs = 0;
  for (const { each } of added) if (each.type !== "release") jobs += sizeOf(each);
  return jobs;
}

function ack(job: Job): Ack {
  return { type: "ack", ...part(job) };
}

function part({ session, seq, attempt, partHigh, partLow }: Job): Finished {
  return { session, seq, attempt, partHigh, partLow };
}
