import { randomBytes } from "node:crypto";
import { Announcer } from "../../discovery/announcer.js";
import { readAuthorized, readServerKey } from "../../discovery/keys.js";
import { messageOf, ZpipeError } from "../../errors.js";
import type { GateStats } from "../../plan/child.js";
import type { GatePlan } from "../../plan/types.js";
import { printableName } from "../../printable.js";
import { type Enlist, type FromGate, gateChannel, type ToGate } from "../../protocol/gate.js";
import type { Hello } from "../../protocol/messages.js";
import { ProtocolError } from "../../protocol/pack.js";
import { standGuard } from "../../transport/guard.js";
import type { CurveServer, Link } from "../../transport/types.js";
import { zeromqMedium } from "../../transport/zeromq.js";
import { refusalLog } from "../refusal-log.js";
import type { BoundNode, NodeContext, RunningNode } from "../types.js";
import { Relay } from "./relay.js";

const DOMAIN = "zpipe";

/** Binds the one socket that other hosts reach. With keys, whoever has none of them gets no further than a handshake. */
export async function bindGate(plan: GatePlan, context: NodeContext): Promise<BoundNode> {
  const gate = new GateNode(plan, context);
  await gate.bind();
  return { endpoints: {}, start: () => gate.start() };
}

class GateNode implements RunningNode {
  private readonly relays = new Map<Link<FromGate>, Relay>();
  /** There was no place for them. */
  private readonly waiting = new Map<Link<FromGate>, Hello>();
  private readonly closers: (() => void)[] = [];
  private announcer: Announcer | undefined;
  private port = 0;

  constructor(
    private readonly plan: GatePlan,
    private readonly context: NodeContext,
  ) {}

  async bind(): Promise<void> {
    const { host, port } = this.plan.discovery;
    const endpoint = `tcp://${host}:${port === 0 ? "*" : port}`;
    const curve = await this.guarded();
    const handler = {
      onMessage: (link: Link<FromGate>, message: ToGate) => this.receive(link, message),
      onGone: (link: Link<FromGate>) => this.lose(link),
      onError: refusalLog(this.context, "refused a message"),
    };
    try {
      const inbox = await zeromqMedium.bind(endpoint, gateChannel, handler, curve);
      this.closers.push(() => inbox.close());
      this.port = Number(/:(\d+)$/.exec(inbox.endpoint!)![1]);
    } catch (cause) {
      throw cannotListen(endpoint, cause);
    }
  }

  async start(): Promise<RunningNode> {
    const { name, discovery } = this.plan;
    const { log, tell } = this.context;
    if (discovery.beacon !== undefined) {
      const { port: to, intervalMs } = discovery.beacon;
      this.announcer = new Announcer({
        uuid: randomBytes(16).toString("hex"),
        port: this.port,
        host: discovery.host,
        to,
        intervalMs,
        onTrouble: (message) => log("warn", `a beacon could not be sent: ${message}`),
      });
      await this.announcer.start();
    }
    log("info", `workers of other hosts may join at tcp://${discovery.host}:${this.port}`);
    tell({ type: "ready", node: name });
    return this;
  }

  stats(): GateStats {
    const guests = [...this.relays.values()].flatMap((relay) => relay.describe() ?? []);
    return { kind: "gate", node: this.plan.name, guests };
  }

  async close(): Promise<void> {
    await this.announcer?.stop();
    for (const relay of this.relays.values()) relay.close();
    for (const close of this.closers) close();
  }

  private async guarded(): Promise<CurveServer | undefined> {
    const { keys } = this.plan.discovery;
    if (keys === undefined) return undefined;
    const { secretKey } = await readServerKey(keys);
    const onRefused = refusalLog(this.context, "refused a key");
    const leave = await standGuard(DOMAIN, async (key, address) => {
      const known = (await readAuthorized(keys)).has(key);
      if (!known) onRefused(new Error(`${key} of ${address} is not among the authorized`));
      return known;
    });
    this.closers.push(leave);
    return { secretKey, domain: DOMAIN };
  }

  private receive(link: Link<FromGate>, message: ToGate): void {
    if (message.type === "enlist") link.send(this.answer(message));
    else if (message.type === "hello") this.admit(link, message);
    else if (message.type === "leave" && this.waiting.delete(link)) link.send({ type: "bye" });
    else this.relays.get(link)?.receive(message);
  }

  private answer({ topology, stage }: Enlist): FromGate {
    const refuse = (message: string): FromGate => ({ type: "refusal", stage, message });
    if (topology !== this.plan.topology) return refuse(`this is ${this.plan.topology}, not ${printableName(topology)}`);
    const open = this.plan.stages.find(({ name }) => name === stage);
    if (open === undefined) {
      const names = this.plan.stages.map(({ name }) => name).join(", ");
      return refuse(`${topology} has no stage ${printableName(stage)} with workers; those that it has are: ${names}`);
    }
    const { number, concurrency, retries, edges } = open;
    return { type: "posting", number, concurrency, retries, stage, edges };
  }

  private admit(link: Link<FromGate>, hello: Hello): void {
    const name = printableName(hello.name);
    const stage = this.plan.stages.find(({ number }) => number === hello.stage);
    if (stage === undefined) throw new ProtocolError(`worker ${name} belongs to no stage of this topology`);
    // A second Hello on a link that never broke: the worker has forgotten what it had.
    this.relays.get(link)?.close();
    this.relays.delete(link);
    const { maxWorkers } = this.plan.discovery;
    if (this.relays.size >= maxWorkers) {
      this.waiting.set(link, hello);
      this.context.log("warn", `${name} waits outside: max_workers is ${maxWorkers}`);
      return;
    }
    const { network, log } = this.context;
    const onWelcome = () => log("info", `${name} has come to work for ${stage.name}`);
    this.relays.set(link, new Relay({ ...hello, name }, stage, link, network, onWelcome));
  }

  private lose(link: Link<FromGate>): void {
    this.waiting.delete(link);
    const relay = this.relays.get(link);
    if (relay === undefined) return;
    this.relays.delete(link);
    relay.close();
    const guest = relay.describe();
    if (guest !== undefined) this.context.log("info", `${guest.name} has gone`);
    const [next] = this.waiting;
    if (next === undefined) return;
    this.waiting.delete(next[0]);
    this.admit(...next);
  }
}

function cannotListen(endpoint: string, cause: unknown): ZpipeError {
  return new ZpipeError(`workers of other hosts cannot be let in at ${endpoint}: ${messageOf(cause)}`, {
    code: "gate-cannot-listen",
    hints: ["`listen` in [discovery] says where: an address of this host, or the name of an interface, and a port."],
    cause,
  });
}
