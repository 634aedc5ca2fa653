import type { FromChild, Mistake, Unproven } from "../plan/child.js";
import type { NodePlan, ProcessPlan } from "../plan/types.js";
import type { Child, Exit } from "./child.js";
import { advance, BORN, type Life, type LifeEvent } from "./lifecycle.js";

const TAIL_LINES = 20;

/** A process of the plan with what is known of it, across its restarts. */
export class Member {
  readonly name: string;
  /** For short endpoint names; never given again in a run. */
  readonly number: number;
  nodes: readonly NodePlan[];
  life: Life = BORN;
  child: Child | undefined;
  /** Counts its starts. */
  epoch = 0;
  startedAt = 0;
  bound = false;
  /** Its owners, by their sessions. */
  readonly sessions = new Map<number, string>();
  drained = false;
  lastExit: Exit | undefined;
  /** Why a node of it said that it cannot work. */
  failure: string | undefined;
  /** It is the user's to mend: starting again would not help. */
  mistake: Mistake | undefined;
  unproven: Unproven | undefined;
  /** A life of it has done its work for a while: it can. */
  proven = false;
  /** Without it the run cannot come to its end. */
  fatal = false;
  stats: Extract<FromChild, { readonly type: "stats" }> | undefined;
  /** The last that it told of the way of requests. */
  traced: Extract<FromChild, { readonly type: "traced" }> | undefined;
  /** The last load that it made. */
  driven: Extract<FromChild, { readonly type: "driven" }> | undefined;
  respawn: NodeJS.Timeout | undefined;
  readonly retiring = new Set<string>();
  readonly #ready = new Set<string>();
  #tail: readonly string[] = [];

  constructor(plan: ProcessPlan, number: number) {
    this.name = plan.name;
    this.nodes = plan.nodes;
    this.number = number;
  }

  /** What its lines are labelled with: its only node, or itself. */
  get label(): string {
    return this.nodes.length === 1 ? this.nodes[0]!.name : this.name;
  }

  get ready(): boolean {
    return this.child !== undefined && this.nodes.every((node) => this.#ready.has(node.name));
  }

  get ownsRequests(): boolean {
    return this.nodes.some((node) => node.kind === "server" || node.kind === "source");
  }

  get readsInput(): boolean {
    return this.nodes.some((node) => node.kind === "source" && node.source.input.kind === "stdin");
  }

  get writesOutput(): boolean {
    return this.nodes.some((node) => node.kind === "sink" && node.output.kind === "stdout");
  }

  /** It hosts more than a worker: without it the run is of no use. */
  get essential(): boolean {
    return this.nodes.some((node) => node.kind !== "worker");
  }

  get tail(): readonly string[] {
    return this.#tail;
  }

  advance(event: LifeEvent): void {
    this.life = advance(this.life, event);
  }

  started(child: Child, at: number): void {
    this.child = child;
    this.startedAt = at;
    this.failure = undefined;
    this.mistake = undefined;
    this.unproven = undefined;
    this.#tail = [];
  }

  hosts(node: string): boolean {
    return this.nodes.some((candidate) => candidate.name === node);
  }

  nodeReady(node: string): void {
    this.#ready.add(node);
  }

  isReady(node: string): boolean {
    return this.#ready.has(node);
  }

  host(node: NodePlan): void {
    this.nodes = [...this.nodes, node];
  }

  /** A server that took any free port takes the same one when it is started again: its clients know no other. */
  keepPort(url: string): void {
    const port = Number(new URL(url).port);
    this.nodes = this.nodes.map((node) =>
      node.kind === "server" ? { ...node, server: { ...node.server, port } } : node,
    );
  }

  dismiss(node: string): void {
    this.nodes = this.nodes.filter((candidate) => candidate.name !== node);
    this.retiring.delete(node);
    this.#ready.delete(node);
  }

  /** What was true of the process that is gone. */
  exited(exit: Exit): void {
    if (this.unproven === undefined && this.ready) this.proven = true;
    this.lastExit = exit;
    this.child = undefined;
    this.bound = false;
    this.sessions.clear();
    this.stats = undefined;
    this.traced = undefined;
    this.#ready.clear();
    // Whatever was about to leave has left.
    if (this.nodes.length > 1) for (const node of this.retiring) this.dismiss(node);
  }

  remember(line: string): void {
    this.#tail = [...this.#tail.slice(1 - TAIL_LINES), line];
  }
}
