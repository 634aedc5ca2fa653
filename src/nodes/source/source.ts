import { join } from "node:path";
import { unreachable, ZpipeError } from "../../errors.js";
import type { DeadLetter, SourceSummary, StartMessage } from "../../plan/child.js";
import { NO_TRACE, type TraceAnswer, type TraceQuestion } from "../../plan/trace.js";
import type { SourcePlan } from "../../plan/types.js";
import { answersChannel } from "../../protocol/answers.js";
import type { ToOwner } from "../../protocol/messages.js";
import type { SourceInput } from "../../topology/types.js";
import type { Inbox } from "../../transport/types.js";
import { DeadLetterFile } from "../owner/dead-letters.js";
import { OwnerLinks } from "../owner/links.js";
import { refusalLog } from "../refusal-log.js";
import type { BoundNode, NodeContext, RunningNode } from "../types.js";
import { loggerOf } from "../worker/logger.js";
import { Checkpoint } from "./checkpoint.js";
import { Feed } from "./feed.js";
import { startGenerator } from "./generator.js";
import { SourceJobs } from "./jobs.js";
import { type LineInput, openLines } from "./lines.js";
import { TickFeed } from "./ticks.js";

/** How often it is written down how far the source has come, and looked for jobs that have taken too long. */
const TICK_MS = 250;

/** Opens a source's input and binds its inbox for answers. */
export async function bindSource(plan: SourcePlan, context: NodeContext, given: GivenToSource): Promise<BoundNode> {
  const node = new SourceNode(plan, context, given);
  const answers = await context.network.bind(plan.answers, answersChannel, {
    onMessage: (_, message) => node.receive(message),
    onGone: () => {},
    onError: refusalLog(context, "refused an answer"),
  });
  const endpoints = answers.endpoint === undefined ? {} : { [plan.answers.name]: answers.endpoint };
  return { endpoints, start: () => node.start(answers) };
}

/** What a source's module is loaded with. */
export type GivenToSource = Pick<StartMessage, "compiled" | "metadata">;

class SourceNode implements RunningNode {
  readonly jobs: SourceJobs;
  private readonly links = new OwnerLinks();
  private readonly stopping = new AbortController();
  private readonly checkpoint: Checkpoint;
  private readonly lines: LineInput | undefined;
  private readonly feed: Feed;
  private readonly clock: TickFeed | undefined;
  private answers!: Inbox;
  private ticks: NodeJS.Timeout | undefined;
  private whenEmpty: (() => void) | undefined;
  private readingSince = 0;
  private readonly earlier: SourceSummary["earlier"];
  private state: "waiting" | "reading" | "read" | "finished" = "waiting";

  constructor(
    private readonly plan: SourcePlan,
    private readonly context: NodeContext,
    private readonly given: GivenToSource,
  ) {
    const { input, checkpoint, name } = plan.source;
    this.lines = input.kind === "stdin" || input.kind === "file" ? openLines(input) : undefined;
    this.checkpoint = new Checkpoint(checkpoint ?? join(context.directory, `${name}.progress`), titleOf(input));
    this.checkpoint.prepare();
    const progress = this.checkpoint.read(this.lines?.size);
    const letters = new DeadLetterFile(context.deadLetters);
    this.jobs = new SourceJobs(plan, this.links, letters, progress, () => this.look());
    const { done, failed } = this.jobs;
    // What a former life has done was done in this run, or it may have been: nobody knows any more.
    this.earlier = context.lives === 0 ? { done, failed } : { done: 0, failed: 0 };
    this.feed = new Feed(this.jobs, progress, this.stopping.signal, plan.source.limit);
    if (input.kind === "ticks") this.clock = new TickFeed(this.jobs, input, progress, this.stopping.signal);
  }

  start(answers: Inbox): Promise<RunningNode> {
    this.answers = answers;
    this.links.connect(this.plan, this.context.network, () => this.jobs.resendSoon());
    this.context.tell({ type: "ready", node: this.plan.name, session: this.jobs.session });
    return Promise.resolve(this);
  }

  receive(message: ToOwner): void {
    this.failing(() => this.jobs.receive(message));
  }

  serve(isFinished: boolean): void {
    if (this.state !== "waiting") return;
    if (isFinished) {
      this.state = "read";
      this.ticks = setInterval(() => this.tick(), TICK_MS);
      this.look();
      return;
    }
    // Not any earlier: only what fails at work ends the run at once.
    if (this.context.lives > 0 && this.lines && !this.lines.seekable) {
      this.context.fail(lostPipe(this.plan.name));
      return;
    }
    this.state = "reading";
    this.ticks = setInterval(() => this.tick(), TICK_MS);
    this.read().catch((error: unknown) => this.context.fail(error));
  }

  async drain(complete: boolean): Promise<void> {
    const { tell } = this.context;
    this.stopping.abort();
    this.jobs.wake();
    const report = setInterval(() => tell({ type: "draining", pending: this.jobs.pending }), 1000);
    if (this.jobs.pending > 0) {
      await new Promise<void>((resolve) => {
        this.whenEmpty = resolve;
      });
    }
    clearInterval(report);
    if (complete) this.checkpoint.remove();
    else this.save();
  }

  resend(letters: readonly DeadLetter[]): void {
    // Its end is told once more when they have come to theirs: others may wait for it to be without failures.
    if (this.state === "finished") this.state = "read";
    this.jobs.resend(letters);
    this.look();
  }

  trace(question: TraceQuestion): TraceAnswer {
    return { ...NO_TRACE, requests: this.jobs.log.answer(question) };
  }

  stats() {
    const { pending, done, failed } = this.jobs;
    const progress = this.progress();
    const latency = this.jobs.latency.times();
    return {
      kind: "source" as const,
      node: this.plan.name,
      state: this.state,
      pending,
      done,
      failed,
      skipped: this.clock?.skipped ?? 0,
      progress,
      latency,
      sent: this.jobs.sent.stats(),
    };
  }

  /** Share of what there is to read that is read: of the bytes, or of the jobs that it may make. */
  private progress(): number | undefined {
    const size = this.lines?.size;
    const { limit } = this.plan.source;
    if (size === undefined && limit === undefined) return undefined;
    const ofBytes = size === undefined ? 0 : size === 0 ? 1 : this.feed.next.offset / size;
    return Math.min(1, Math.max(ofBytes, limit === undefined ? 0 : this.feed.nextIndex / limit));
  }

  close(): Promise<void> {
    clearInterval(this.ticks);
    if (this.stopping.signal.aborted) this.context.tell({ type: "gave-up", pending: this.jobs.pending });
    this.stopping.abort();
    this.jobs.stop();
    this.save();
    if (this.isUnderWay) this.context.tell({ type: "interrupted", node: this.plan.name, summary: this.summary() });
    this.links.close();
    this.answers.close();
    return Promise.resolve();
  }

  private async read(): Promise<void> {
    const { source, topology, name } = this.plan;
    this.readingSince = performance.now();
    if (this.clock) await this.clock.run();
    else if (this.lines) await this.feed.lines(this.lines);
    else if (source.input.kind === "module") {
      const { signal } = this.stopping;
      const { compiled, metadata } = this.given;
      const context = { topology, source: name, metadata, log: loggerOf(this.context), signal };
      const values = await startGenerator(source.input.path, compiled, context);
      this.readingSince = performance.now();
      await this.feed.values(name, values);
    }
    if (this.stopping.signal.aborted) return;
    this.state = "read";
    this.look();
  }

  /** A job has come to its end, or there are no more to come. */
  private look(): void {
    if (this.jobs.pending > 0) return;
    this.whenEmpty?.();
    if (this.state !== "read") return;
    // For the next life, or for another run if the other sources do not come to their end in this one.
    if (!this.save()) return;
    this.state = "finished";
    this.context.tell({ type: "finished", node: this.plan.name, summary: this.summary() });
  }

  /** It has begun, and has not come to its end. */
  private get isUnderWay(): boolean {
    return this.state === "reading" || this.state === "read";
  }

  private summary(): SourceSummary {
    const { earlier } = this;
    return { ...this.jobs.summary(), earlier, tookMs: performance.now() - this.readingSince };
  }

  private tick(): void {
    this.failing(() => {
      if (this.plan.source.timeoutMs !== undefined) this.jobs.expire();
    });
    this.save();
  }

  /** False: it could not, and the run ends. */
  private save(): boolean {
    if (!this.isUnderWay) return true;
    const { next, nextIndex } = this.clock ?? this.feed;
    return this.failing(() => this.checkpoint.write(this.jobs.progress(next, nextIndex)));
  }

  /** What cannot be kept, a checkpoint or a dead letter, ends the run: to go on would be to forget it. */
  private failing(task: () => void): boolean {
    try {
      task();
      return true;
    } catch (error) {
      if (!(error instanceof ZpipeError)) throw error;
      this.context.fail(error);
      return false;
    }
  }
}

function titleOf(input: SourceInput): string {
  switch (input.kind) {
    case "stdin":
      return "standard input";
    case "ticks":
      return input.schedule.kind === "every" ? `ticks every ${input.schedule.ms} ms` : "ticks of a pattern";
    case "file":
    case "module":
      return input.path;
    default:
      return unreachable(input);
  }
}

function lostPipe(name: string): ZpipeError {
  return new ZpipeError(`the source ${name} died, and what it had read from a pipe cannot be read again`, {
    code: "source-lost",
    hints: ["Read from a file, as `file = …` or `zpipe run … < FILE`; or set a checkpoint and run it again."],
  });
}
