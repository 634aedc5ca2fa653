import type { LoadOrder, LoadReport } from "../../plan/load.js";
import type { ServerPlan } from "../../plan/types.js";
import { answersChannel } from "../../protocol/answers.js";
import { jobsChannel } from "../../protocol/jobs.js";
import type { ToProxy } from "../../protocol/messages.js";
import { afterTheFirst } from "../../transport/reconnect.js";
import type { Connection, Inbox } from "../../transport/types.js";
import type { BoundNode, NodeContext, RunningNode } from "../types.js";
import { createHttpServer, type HttpServer } from "./http.js";
import { RequestOwner } from "./owner.js";
import { warmUpNextTick } from "./warm-up.js";

/** Binds the inbox for answers and opens the HTTP port; requests are answered 503 until the graph is ready. */
export async function bindServer(plan: ServerPlan, context: NodeContext): Promise<BoundNode> {
  const node = new ServerNode(plan, context);
  const answers = await context.network.bind(plan.answers, answersChannel, {
    onMessage: (_, message) => node.owner.receive(message),
    onGone: () => {},
    onError: (error) => context.log("warn", `refused an answer: ${error.message}`),
  });
  await warmUpNextTick();
  const http = await createHttpServer(plan.server, node.owner);
  const endpoints = answers.endpoint === undefined ? {} : { [plan.answers.name]: answers.endpoint };
  return { endpoints, start: () => node.start(http, answers) };
}

class ServerNode implements RunningNode {
  readonly owner: RequestOwner;
  private readonly links: Connection<ToProxy>[] = [];
  private readonly linkOfStage: Connection<ToProxy>[] = [];
  private http!: HttpServer;
  private answers!: Inbox;

  constructor(
    private readonly plan: ServerPlan,
    private readonly context: NodeContext,
  ) {
    this.owner = new RequestOwner(plan, (stage) => this.linkOfStage[stage]!, this.links);
  }

  start(http: HttpServer, answers: Inbox): Promise<RunningNode> {
    this.http = http;
    this.answers = answers;
    for (const { jobs, stages } of this.plan.proxies) {
      const link = this.connect(jobs);
      this.links.push(link);
      for (const stage of stages) this.linkOfStage[stage] = link;
    }
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

  async drive(order: LoadOrder): Promise<LoadReport> {
    // Loaded only here: most servers never make a load.
    const { drive } = await import("./drive.js");
    return drive(order, this.plan.server, this.owner);
  }

  stats() {
    const { received: requests, byStatus: statuses } = this.http.stats;
    const { pendingCount: pending, latency } = this.owner;
    const kind = "server" as const;
    return { kind, node: this.plan.name, pending, requests, statuses, latency: latency.times() };
  }

  async close(): Promise<void> {
    for (const link of this.links) link.close();
    this.answers.close();
    await this.http.close();
  }

  private connect(inbox: string): Connection<ToProxy> {
    // Again: the proxy was restarted or the link was cut, and with it went jobs that only we still have.
    const onConnect = afterTheFirst(() => this.owner.resendSoon());
    return this.context.network.connect(inbox, jobsChannel, { onMessage: () => {}, onConnect });
  }
}
