import type { Address, FromChild, ToChild } from "../plan/child.js";
import type { NodePlan, ProcessPlan } from "../plan/types.js";
import { Addresses } from "./address-book.js";
import type { Exit } from "./child.js";
import { startLimit } from "./failure.js";
import type { FleetOptions } from "./fleet-options.js";
import { backoffMs, hasProcess } from "./lifecycle.js";
import { messageEntry } from "./log-message.js";
import { Member } from "./member.js";
import { birth, death, departure, finish, unsaid } from "./news.js";
import { Serving } from "./serving.js";
import { spawnMember } from "./spawn-member.js";
import { Waiters } from "./waiters.js";

/** All child processes of a run: starts them, makes them known to each other, and starts again what dies. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #members = new Map<string, Member>();
  readonly #addresses = new Addresses(() => this.members);
  readonly #waiters = new Waiters();
  #nextNumber = 0;
  readonly #serving: Serving;
  readonly until = this.#waiters.until.bind(this.#waiters);
  readonly within = this.#waiters.within.bind(this.#waiters);

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#serving = new Serving(options, () => this.members);
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  get gone(): boolean {
    return this.members.every((member) => !hasProcess(member.life.state));
  }

  member(name: string): Member | undefined {
    return this.#members.get(name);
  }

  hostOf(node: string): Member | undefined {
    return this.members.find((member) => member.hosts(node));
  }

  start(plan: ProcessPlan): Member {
    const member = new Member(plan, this.#nextNumber++);
    this.#members.set(plan.name, member);
    this.#spawn(member);
    return member;
  }

  /** Where an inbox listens that is none of this fleet's. */
  know(inbox: string, address: Address): void {
    this.#addresses.know(inbox, address);
  }

  /** One more node: in its process when that is there already, else in a new one. */
  add(process: string, node: NodePlan): void {
    const member = this.#members.get(process);
    if (member === undefined) {
      this.start({ name: process, nodes: [node] });
    } else {
      member.host(node);
      member.child?.send({ type: "add", node });
    }
  }

  /** The node finishes what it does and goes; so does its process when that hosts nothing else. */
  retire(node: string): void {
    const member = this.hostOf(node);
    if (member === undefined) return;
    member.retiring.add(node);
    if (member.nodes.length === 1) this.#ask(member, "exited");
    else if (member.child === undefined) member.dismiss(node);
    member.child?.send({ type: "retire", node });
    this.changed();
  }

  /** Ends the process, a lone worker after its jobs, and starts it again. */
  restart(member: Member): void {
    const before = member.child;
    this.#ask(member, "starting");
    before?.send(member.essential ? { type: "stop" } : { type: "retire", node: member.nodes[0]!.name });
    this.changed();
  }

  /** Sources that are not started, since jobs of those before them have failed. */
  get skipped(): ReadonlySet<string> {
    return this.#serving.skipped;
  }

  /** Jobs of a source are sent again: it is not finished before they are. */
  reopen(source: string): void {
    this.#serving.reopen(source);
  }

  /** The graph is ready: the server may take requests, and sources that come after no other may read. */
  serve(): void {
    this.#serving.open();
    this.changed();
  }

  /** Owners take no more requests. One that dies now is not started again: it would have nothing to answer. */
  drain(): void {
    const sources = this.members.flatMap(({ nodes }) => nodes.filter(({ kind }) => kind === "source"));
    const complete = sources.every(({ name }) => this.#serving.hasFinished(name));
    for (const member of this.members.filter((candidate) => candidate.ownsRequests)) {
      this.#ask(member, "exited");
      member.child?.send({ type: "drain", complete });
    }
    this.changed();
  }

  get drained(): boolean {
    return this.members.every((member) => !member.ownsRequests || member.sessions.size === 0 || member.drained);
  }

  /** Nothing is started again from here on. */
  stop({ tell = true } = {}): void {
    for (const member of this.members) {
      this.#ask(member, "exited");
      if (tell) member.child?.send({ type: "stop" });
    }
    this.changed();
  }

  signal(signal: NodeJS.Signals): void {
    for (const member of this.members) member.child?.signal(signal);
  }

  broadcast(message: ToChild): void {
    for (const member of this.members) member.child?.send(message);
  }

  changed(): void {
    this.#waiters.changed();
    this.#options.onChange();
  }

  #spawn(member: Member): void {
    spawnMember(member, this.#options, {
      onMessage: (message) => this.#onMessage(member, message),
      onExit: (exit) => this.#onExit(member, exit),
    });
    this.#options.onLifecycle(birth(member));
  }

  #onMessage(member: Member, message: FromChild): void {
    switch (message.type) {
      case "bound":
        member.bound = true;
        this.#addresses.bound(member, message.inboxes);
        break;
      case "ready":
        this.#onReady(member, message);
        break;
      case "retired":
        // The last node takes its process along.
        if (member.nodes.length > 1) this.#retired(member, message.node);
        break;
      case "draining":
        this.#options.onPending(member.name, message.pending);
        break;
      case "gave-up":
        this.#options.onGaveUp(member.name, message.pending);
        break;
      case "drained":
        member.drained = true;
        this.#options.onLifecycle({ kind: "drained", node: member.label, process: member.name });
        break;
      case "failed":
        member.failure = message.text;
        member.mistake = message.mistake;
        member.unproven = message.unproven;
        if (message.fatal) member.fatal = true;
        break;
      case "finished":
        this.#serving.finish(message.node, message.summary);
        this.#options.onLifecycle(finish(message));
        break;
      case "interrupted":
        this.#options.onInterrupted(message.node, message.summary);
        break;
      case "log":
        this.#options.onLog(messageEntry(message));
        break;
      case "stats":
        member.stats = message;
        break;
      case "traced":
        member.traced = message;
        break;
      case "driven":
        member.driven = message;
        break;
      default: {
        const strange: never = message;
        const text = `said what no child says: ${JSON.stringify(strange)}`;
        this.#options.onLog({ time: Date.now(), node: member.label, level: "warn", text });
      }
    }
    this.changed();
  }

  #onReady(member: Member, message: Extract<FromChild, { readonly type: "ready" }>): void {
    const { node, url } = message;
    // It has left meanwhile: its worker was still being loaded.
    if (!member.hosts(node)) return;
    member.nodeReady(node);
    this.#options.onLifecycle({ kind: "ready", node, process: member.name, ...(url !== undefined && { url }) });
    if (message.session !== undefined) member.sessions.set(message.session, node);
    if (message.url !== undefined) {
      member.keepPort(message.url);
      this.#options.onUrl(message.url);
    }
    this.#admit(member);
  }

  /** At work, when all its nodes are ready. */
  #admit(member: Member): void {
    if (!member.ready) return;
    member.advance({ type: "ready", at: performance.now() });
    this.#serving.admit(member);
  }

  #onExit(member: Member, exit: Exit): void {
    const sessions = [...member.sessions.keys()];
    const retired = [...member.retiring];
    const { pid } = member.child ?? {};
    const wasAsked = member.life.state === "draining";
    member.exited(exit);
    for (const session of sessions) this.broadcast({ type: "owner-lost", session });
    const [at, limit, unproven] = [
      performance.now(),
      startLimit(member, this.#serving.isOpen),
      member.unproven !== undefined,
    ];
    member.advance({ type: "exit", at, limit, unproven });
    for (const text of wasAsked ? [] : unsaid(member)) {
      this.#options.onLog({ time: Date.now(), node: member.label, level: "error", text });
    }
    this.#options.onLifecycle(wasAsked ? departure(member, pid, exit) : death(member, pid, exit));
    for (const node of retired) this.#options.onLifecycle({ kind: "retired", node, process: member.name });
    this.#afterExit(member);
    this.changed();
  }

  #retired(member: Member, node: string): void {
    member.dismiss(node);
    this.#options.onLifecycle({ kind: "retired", node, process: member.name });
    // It may have been the last that the others waited for.
    this.#admit(member);
  }

  #ask(member: Member, next: "exited" | "starting"): void {
    member.advance({ type: "asked", next });
    this.#afterExit(member);
  }

  /** What its state calls for, now that it has no process; nothing while it has one. */
  #afterExit(member: Member): void {
    clearTimeout(member.respawn);
    if (member.life.state === "exited") this.#members.delete(member.name);
    if (member.life.state !== "waiting") return;
    member.respawn = setTimeout(() => {
      member.advance({ type: "spawned" });
      this.#spawn(member);
      this.changed();
    }, backoffMs(member.life));
  }
}
