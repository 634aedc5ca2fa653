import { inspect } from "node:util";
import { messageOf, unreachable, ZpipeError } from "../errors.js";
import type { FromChild, NodeStats, StartMessage, ToChild } from "../plan/child.js";
import type { LoadOrder } from "../plan/load.js";
import type { InboxPlan, NodePlan } from "../plan/types.js";
import { decodeJson, encodeJson } from "../protocol/json.js";
import { Network } from "../transport/network.js";
import type { BoundNode, NodeContext, RunningNode } from "./types.js";

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
  private compiled: StartMessage["compiled"] = {};

  constructor(private readonly ports: HostPorts) {}

  async receive(message: ToChild): Promise<void> {
    switch (message.type) {
      case "start":
        return this.start(message);
      case "book":
        this.network.setBook(message.book);
        if (this.hasBook) return;
        this.hasBook = true;
        await Promise.all([...this.bound.keys()].map((name) => this.launch(name)));
        return;
      case "serve":
        for (const node of this.running.values()) node.serve?.();
        return;
      case "add":
        await this.bindNode(message.node);
        return this.launch(message.node.name);
      case "retire":
        return this.retire(message.node);
      case "owner-lost":
        for (const node of this.running.values()) node.dropSession?.(message.session);
        return;
      case "drain":
        return this.drain();
      case "stop":
        await Promise.allSettled([...this.running.values()].map((node) => node.close()));
        this.ports.exit(0);
        return;
      case "stats":
        return this.tellStats(message.id);
      case "drive":
        return this.drive(message.id, message.order);
      default:
        unreachable(message);
    }
  }

  private async start({ directory, epoch, process: number, nodes, compiled }: StartMessage): Promise<void> {
    this.compiled = compiled;
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
    switch (plan.kind) {
      case "server":
        return (await import("./server/server.js")).bindServer(plan, context);
      case "proxy":
        return (await import("./proxy/proxy.js")).bindProxy(plan, context);
      case "worker": {
        // Never the same name again: a worker that comes back must not meet the module that its former self has closed.
        const before = this.copies.get(plan.stage) ?? 0;
        this.copies.set(plan.stage, before + 1);
        const copy = before === 0 ? "" : `${plan.stage}.${before}`;
        return (await import("./worker/worker.js")).prepareWorker(plan, context, { compiled: this.compiled, copy });
      }
    }
  }

  private async launch(name: string): Promise<void> {
    await this.reporting(name, async () => {
      this.running.set(name, await this.bound.get(name)!.start());
    });
  }

  private async retire(name: string): Promise<void> {
    await this.running.get(name)?.retire?.();
    this.running.delete(name);
    this.bound.delete(name);
    this.ports.tell({ type: "retired", node: name });
    if (this.bound.size === 0) this.ports.exit(0);
  }

  private async drain(): Promise<void> {
    const owners = [...this.running.values()].filter((node) => node.drain !== undefined);
    await Promise.all(owners.map((node) => node.drain!()));
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

  /** A node that cannot start ends its process: the supervisor shows why and decides what to do. */
  private async reporting(node: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (error instanceof ZpipeError) {
        const { message, code, hints } = error;
        this.ports.tell({ type: "failed", node, text: message, mistake: { message, code, hints } });
      } else {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.stderr.write(`${text}\n`);
        this.ports.tell({ type: "failed", node, text });
      }
      this.ports.exit(1);
    }
  }

  private contextFor(node: string): NodeContext {
    const { tell } = this.ports;
    return {
      network: this.network,
      tell,
      log: (level, message, fields) =>
        tell({ type: "log", node, level, time: Date.now(), message, ...(fields && { fields: plain(fields) }) }),
    };
  }
}

/** Log fields may hold anything; what cannot be sent to another process, or would look different there, goes as text. */
function plain(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  try {
    return typeof value === "function" ? inspect(value) : decodeJson(encodeJson(value));
  } catch {
    return inspect(value);
  }
}
