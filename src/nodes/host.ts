import { messageOf, unreachable, ZpipeError } from "../errors.js";
import type { AddressBook, FromChild, NodeStats, StartMessage, ToChild, Unproven } from "../plan/child.js";
import type { LoadOrder } from "../plan/load.js";
import type { TraceQuestion } from "../plan/trace.js";
import type { InboxPlan, NodePlan } from "../plan/types.js";
import { Network } from "../transport/network.js";
import { frozen } from "./frozen.js";
import { plainFields } from "./log-fields.js";
import type { BoundNode, NodeContext, RunningNode } from "./types.js";
import { usersStack } from "./users-stack.js";

export interface HostPorts {
  tell(message: FromChild): void;
  exit(code: number): void;
}

/** The nodes of one process: makes them, connects them when the addresses are known, and ends them. */
export class Host {
  private readonly bound = new Map<string, BoundNode>();
  private readonly running = new Map<string, RunningNode>();
  private readonly copies = new Map<string, number>();
  private network!: Network;
  private hasBook = false;
  private settings!: StartMessage;
  /** What says which nodes there are is done one after the other: to bind one takes a while. */
  private settled: Promise<void> = Promise.resolve();

  constructor(private readonly ports: HostPorts) {}

  async receive(message: ToChild): Promise<void> {
    switch (message.type) {
      case "start":
        return this.inOrder(() => this.start(message));
      case "book":
        return this.inOrder(() => this.open(message.book));
      case "serve":
        for (const name of message.finished) this.running.get(name)?.serve?.(true);
        for (const name of message.nodes) this.running.get(name)?.serve?.(false);
        return;
      case "add":
        return this.inOrder(() => this.add(message.node));
      case "retire":
        return this.inOrder(() => this.retire(message.node));
      case "owner-lost":
        for (const node of this.running.values()) node.dropSession?.(message.session);
        return;
      case "drain":
        return this.drain(message.complete);
      case "stop":
        await Promise.allSettled([...this.running.values()].map((node) => node.close()));
        this.ports.exit(0);
        return;
      case "resend":
        return this.running.get(message.node)?.resend?.(message.letters);
      case "stats":
        return this.tellStats(message.id);
      case "trace":
        return this.tellTrace(message.id, message.question);
      case "drive":
        return this.drive(message.id, message.order);
      default:
        unreachable(message);
    }
  }

  private inOrder(task: () => void | Promise<void>): Promise<void> {
    this.settled = this.settled.then(task);
    return this.settled;
  }

  private async start(message: StartMessage): Promise<void> {
    const { directory, epoch, process: number, nodes } = message;
    // One object for all nodes of the process: what one of them changed, the others would see.
    this.settings = { ...message, metadata: frozen(message.metadata) };
    let inboxes = 0;
    this.network = new Network((inbox: InboxPlan) =>
      // Short names: a unix socket's path has at most 107 bytes.
      inbox.medium === "tcp" ? "tcp://127.0.0.1:*" : `ipc://${directory}/${number}.${epoch}.${inboxes++}`,
    );
    for (const node of nodes) await this.bindNode(node);
    const endpoints = [...this.bound.values()].map((node) => node.endpoints);
    this.ports.tell({ type: "bound", inboxes: Object.assign({}, ...endpoints) });
  }

  private async bindNode(plan: NodePlan): Promise<void> {
    await this.reporting(plan.name, async () => {
      this.bound.set(plan.name, await this.bind(plan));
    });
  }

  /** A process loads only the kinds of node that it hosts: the HTTP server alone would double the start of all others. */
  private async bind(plan: NodePlan): Promise<BoundNode> {
    const context = this.contextFor(plan.name);
    const { compiled, metadata } = this.settings;
    switch (plan.kind) {
      case "server":
        return (await import("./server/server.js")).bindServer(plan, context);
      case "source":
        return (await import("./source/source.js")).bindSource(plan, context, { compiled, metadata });
      case "sink":
        return (await import("./sink/sink.js")).bindSink(plan, context);
      case "proxy":
        return (await import("./proxy/proxy.js")).bindProxy(plan, context);
      case "gate":
        return (await import("./gate/gate.js")).bindGate(plan, context);
      case "worker": {
        // Never the same name again: a worker that comes back must not meet the module that its former self has closed.
        const before = this.copies.get(plan.stage) ?? 0;
        this.copies.set(plan.stage, before + 1);
        const copy = before === 0 ? "" : `${plan.stage}.${before}`;
        return (await import("./worker/worker.js")).prepareWorker(plan, context, { compiled, metadata, copy });
      }
    }
  }

  /** Where everybody listens is known, or known anew. */
  private open(book: AddressBook): void {
    this.network.setBook(book);
    if (this.hasBook) return;
    this.hasBook = true;
    for (const [name, node] of this.bound) void this.launch(name, node);
  }

  private async add(plan: NodePlan): Promise<void> {
    await this.bindNode(plan);
    const node = this.bound.get(plan.name);
    if (node && this.hasBook) void this.launch(plan.name, node);
  }

  /** It may take long: a worker is there when its module is loaded and its proxy has taken it in. */
  private launch(name: string, node: BoundNode): Promise<void> {
    return this.reporting(name, async () => {
      const running = await node.start();
      if (this.bound.get(name) === node) this.running.set(name, running);
      // It was retired meanwhile.
      else await (running.retire?.() ?? running.close());
    });
  }

  private retire(name: string): void {
    const node = this.running.get(name);
    const gone = () => {
      this.ports.tell({ type: "retired", node: name });
      if (this.bound.size === 0) this.ports.exit(0);
    };
    if (node === undefined) {
      const unborn = this.bound.get(name);
      this.bound.delete(name);
      // What is being started ends when it is there. Nobody waits for a module that may never be loaded.
      if (!this.hasBook) void this.reporting(name, async () => unborn?.drop?.());
      gone();
    } else {
      void this.reporting(name, async () => {
        await node.retire?.();
        this.running.delete(name);
        this.bound.delete(name);
        gone();
      });
    }
  }

  private async drain(complete: boolean): Promise<void> {
    const owners = [...this.running.values()].filter((node) => node.drain !== undefined);
    await Promise.all(owners.map((node) => node.drain!(complete)));
    if (owners.length > 0) this.ports.tell({ type: "drained" });
  }

  private async drive(id: number, order: LoadOrder): Promise<void> {
    try {
      const owner = [...this.running.values()].find((node) => node.drive !== undefined);
      if (owner === undefined) throw new Error("no node of this process owns requests");
      this.ports.tell({ type: "driven", id, result: await owner.drive!(order) });
    } catch (error) {
      const { code = "internal", hints = [] } = error as Partial<ZpipeError>;
      this.ports.tell({ type: "driven", id, result: { message: messageOf(error), code, hints } });
    }
  }

  private tellStats(id: number): void {
    const nodes: NodeStats[] = [...this.running.values()].map((node) => node.stats());
    const { user, system } = process.cpuUsage();
    this.ports.tell({ type: "stats", id, nodes, rss: process.memoryUsage.rss(), cpuMs: (user + system) / 1000 });
  }

  private tellTrace(id: number, question: TraceQuestion): void {
    const answers = [...this.running.values()]
      .map((node) => node.trace?.(question))
      .filter((each) => each !== undefined);
    const answer = {
      requests: answers.flatMap(({ requests }) => requests),
      hops: answers.flatMap(({ hops }) => hops),
      hopsSince: Math.max(0, ...answers.map(({ hopsSince }) => hopsSince)),
    };
    this.ports.tell({ type: "traced", id, answer });
  }

  /** A node that cannot start ends its process: the supervisor shows why and decides what to do. */
  private async reporting(node: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.fail(node, error);
    }
  }

  private fail(node: string, error: unknown, { fatal = false, unproven }: FailureTraits = {}): void {
    if (error instanceof ZpipeError) {
      const { message, code, hints } = error;
      this.ports.tell({ type: "failed", node, text: message, mistake: { message, code, hints }, fatal });
    } else {
      const text = error instanceof Error ? usersStack(error) : String(error);
      process.stderr.write(`${text}\n`);
      this.ports.tell({ type: "failed", node, text, unproven });
    }
    this.ports.exit(1);
  }

  private contextFor(node: string): NodeContext {
    const { tell } = this.ports;
    const { directory, epoch, deadLetters } = this.settings;
    return {
      network: this.network,
      directory,
      lives: epoch - 1,
      deadLetters,
      tell,
      fail: (error, unproven) => this.fail(node, error, { fatal: true, unproven }),
      log: (level, message, fields) =>
        tell({ type: "log", node, level, time: Date.now(), message, ...(fields && { fields: plainFields(fields) }) }),
    };
  }
}

interface FailureTraits {
  readonly fatal?: boolean;
  readonly unproven?: Unproven | undefined;
}
