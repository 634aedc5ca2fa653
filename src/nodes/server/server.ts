import { messageOf } from "../../errors.js";
import type { DeadLetter } from "../../plan/child.js";
import type { LoadOrder, LoadReport } from "../../plan/load.js";
import { NO_TRACE, type TraceAnswer, type TraceQuestion } from "../../plan/trace.js";
import type { ServerPlan } from "../../plan/types.js";
import { answersChannel } from "../../protocol/answers.js";
import type { Inbox } from "../../transport/types.js";
import { bodyOf, DeadLetterFile } from "../owner/dead-letters.js";
import { OwnerLinks } from "../owner/links.js";
import { refusalLog } from "../refusal-log.js";
import type { BoundNode, NodeContext, RunningNode } from "../types.js";
import type { Outcome } from "./gateway.js";
import { createHttpServer, type HttpServer } from "./http.js";
import { RequestOwner } from "./owner.js";
import { warmUpNextTick } from "./warm-up.js";

/** Binds the inbox for answers and opens the HTTP port; requests are answered 503 until the graph is ready. */
export async function bindServer(plan: ServerPlan, context: NodeContext): Promise<BoundNode> {
  const node = new ServerNode(plan, context);
  const answers = await context.network.bind(plan.answers, answersChannel, {
    onMessage: (_, message) => node.owner.receive(message),
    onGone: () => {},
    onError: refusalLog(context, "refused an answer"),
  });
  await warmUpNextTick();
  const http = await createHttpServer(plan.server, node.owner);
  const endpoints = answers.endpoint === undefined ? {} : { [plan.answers.name]: answers.endpoint };
  return { endpoints, start: () => node.start(http, answers) };
}

class ServerNode implements RunningNode {
  readonly owner: RequestOwner;
  private readonly links = new OwnerLinks();
  private readonly letters: DeadLetterFile;
  private http!: HttpServer;
  private answers!: Inbox;

  constructor(
    private readonly plan: ServerPlan,
    private readonly context: NodeContext,
  ) {
    this.letters = new DeadLetterFile(context.deadLetters);
    this.owner = new RequestOwner(plan, this.links, (letter) => this.note(() => this.letters.add(letter)));
  }

  start(http: HttpServer, answers: Inbox): Promise<RunningNode> {
    this.http = http;
    this.answers = answers;
    this.links.connect(this.plan, this.context.network, () => this.owner.resendSoon());
    const { name: node } = this.plan;
    this.context.tell({ type: "ready", node, url: http.url, session: this.owner.session });
    return Promise.resolve(this);
  }

  serve(): void {
    this.owner.serve();
  }

  async drain(): Promise<void> {
    const { tell } = this.context;
    const report = setInterval(() => tell({ type: "draining", pending: this.owner.pendingCount }), 1000);
    await this.owner.drain();
    clearInterval(report);
    await this.http.close();
  }

  resend(letters: readonly DeadLetter[]): void {
    for (const letter of letters) {
      const { id, route, lane, entry } = letter;
      const known = this.plan.server.routes[route];
      if (known === undefined || `${known.methods[0]} ${known.path}` !== entry) {
        this.context.log("warn", `cannot send ${id} again: there is no route ${entry} any more`);
        continue;
      }
      const { timeoutMs } = known;
      // Nobody waits for the answer. If workers die of it again, that is a letter of its own.
      const settled = (outcome: Outcome) => {
        const { kind } = outcome;
        if (kind === "answer" || kind === "done" || (kind === "failed" && outcome.failure.poison))
          this.note(() => this.letters.remove(id));
        this.context.log("info", `sent again: ${id}`, { outcome: kind });
      };
      const request = { route, body: bodyOf(letter), lane, timeoutMs, traceparent: undefined };
      const { accepted } = this.owner.submit(request, settled);
      if (!accepted) this.context.log("warn", `cannot send ${id} again now: too much is under way`);
    }
  }

  async drive(order: LoadOrder): Promise<LoadReport> {
    // Loaded only here: most servers never make a load.
    const { drive } = await import("./drive.js");
    return drive(order, this.plan.server, this.owner);
  }

  trace(question: TraceQuestion): TraceAnswer {
    return { ...NO_TRACE, requests: this.owner.log.answer(question) };
  }

  stats() {
    const { received: requests, answers: routes } = this.http.stats;
    const { pendingCount: pending, latency, sent } = this.owner;
    const kind = "server" as const;
    const node = this.plan.name;
    return { kind, node, pending, requests, routes, latency: latency.times(), sent: sent.stats() };
  }

  async close(): Promise<void> {
    const closed = this.http.close();
    if (this.owner.state() === "draining") this.context.tell({ type: "gave-up", pending: this.owner.pendingCount });
    this.owner.giveUpAll();
    this.links.close();
    this.answers.close();
    await closed;
  }

  /** A client is answered whether its dead letter can be written or not. */
  private note(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.context.log("error", messageOf(error));
    }
  }
}
