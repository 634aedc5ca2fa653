import type { RunRecord } from "../control/record.js";
import type { Trace } from "../control/trace.js";
import type {
  Control,
  LifecycleNews,
  RunEvent,
  ScaleChange,
  ScaleResult,
  StopOptions,
  StopResult,
  WatchOptions,
} from "../control/types.js";
import { ExitCode, messageOf, ZpipeError } from "../errors.js";
import type { RunSnapshot, RunState, Snapshot } from "../metrics/snapshot.js";
import type { DeadLetter } from "../plan/child.js";
import type { LoadOrder, LoadReport } from "../plan/load.js";
import { didYouMean } from "../topology/nearest.js";
import type { Events } from "./events.js";
import { collapse, startFailure } from "./failure.js";
import type { Fleet } from "./fleet.js";
import type { Member } from "./member.js";
import type { RunSettings } from "./options.js";
import type { RunDirectory } from "./run-directory.js";
import { Sampler } from "./sampler.js";
import { isReady, Scaler } from "./scaler.js";
import { insist, stopFleet } from "./stopping.js";
import { Tracer } from "./tracer.js";

/** A run of a topology in this process: its Control, and how it begins and ends. */
export interface Run extends Control {
  readonly record: RunRecord;
  /** The requests can come. Rejects when the run could not be started; then it has ended too. */
  readonly ready: Promise<void>;
  /** Every process is gone, and the run directory with them. Never rejects. */
  readonly ended: Promise<RunEnd>;
  /** Has the server's process make a load and hand it straight to the graph. */
  drive(order: LoadOrder): Promise<LoadReport>;
}

export interface RunEnd extends StopResult {
  /** Why it ended without having been asked to. */
  readonly error: Error | undefined;
}

export interface RunParts {
  readonly settings: RunSettings;
  readonly directory: RunDirectory;
  readonly fleet: Fleet;
  readonly compiled: Promise<unknown>;
  readonly events: Events;
  readonly happened: (news: LifecycleNews) => void;
  readonly pending: () => number;
  /** Called once, when every process is gone. */
  readonly close: () => Promise<void>;
  /** Ends the control server when it has answered what it was asked, the wish to stop included. */
  readonly hangUp: () => Promise<void>;
}

const GRACE_MS = 10_000;

/** The supervisor: keeps the fleet at what the plan says, and ends it. */
export class SupervisedRun implements Run {
  readonly ready: Promise<void>;
  readonly ended: Promise<RunEnd>;
  readonly #parts: RunParts;
  readonly #sampler: Sampler;
  readonly #scaler: Scaler;
  readonly #tracer: Tracer;
  readonly #startedAt = performance.now();
  readonly #kill = new AbortController();
  #state: RunState = "starting";
  #stopped: Promise<StopResult> | undefined;
  #error: Error | undefined;
  #drives = 0;
  #end!: (end: RunEnd) => void;

  constructor(parts: RunParts) {
    this.#parts = parts;
    const { fleet, happened } = parts;
    this.#scaler = new Scaler(parts.settings, {
      fleet,
      happened,
      mustRun: () => this.#mustRun(),
      until: (condition) => this.#until(condition),
    });
    this.#sampler = new Sampler(parts.fleet, parts.settings);
    this.#tracer = new Tracer(parts.fleet, parts.settings.topology);
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.ready = this.#start();
    // Whoever only waits for the end is told by it.
    this.ready.catch(() => {});
  }

  get record(): RunRecord {
    return this.#parts.directory.record;
  }

  snapshot(): Promise<Snapshot> {
    return this.#sampler.snapshot(
      () => this.#describe(),
      () => this.#scaler,
    );
  }

  watch(onEvent: (event: RunEvent) => void, options?: WatchOptions): () => void {
    return this.#parts.events.watch(onEvent, () => ({ type: "snapshot", snapshot: this.#latest() }), options);
  }

  scale(changes: readonly ScaleChange[]): Promise<ScaleResult> {
    return this.#scaler.scale(changes);
  }

  async restart(node: string): Promise<void> {
    this.#mustRun();
    const { fleet } = this.#parts;
    const member = hostOf(node, fleet);
    const epoch = member.epoch;
    fleet.restart(member);
    // A lone worker takes the time that its jobs need.
    if (member.essential) void insist(fleet, member);
    await this.#until(() => member.epoch > epoch && isReady(member));
  }

  async kill(node: string): Promise<void> {
    this.#mustRun();
    const member = hostOf(node, this.#parts.fleet);
    const { child } = member;
    child?.signal("SIGKILL");
    await this.#until(() => member.child !== child || child === undefined);
  }

  async trace(request: string): Promise<Trace> {
    this.#mustRun();
    return this.#tracer.trace(request);
  }

  async slowest(count: number): Promise<readonly Trace[]> {
    this.#mustRun();
    return this.#tracer.slowest(count);
  }

  async resend(letters: readonly DeadLetter[]): Promise<void> {
    this.#mustRun();
    const { fleet } = this.#parts;
    const owners = new Set(letters.map(({ owner }) => owner));
    const hosts = [...owners].map((owner) => ({ owner, member: hostOfOwner(owner, fleet) }));
    for (const { owner, member } of hosts) {
      const own = letters.filter((letter) => letter.owner === owner);
      fleet.reopen(owner);
      member.child?.send({ type: "resend", node: owner, letters: own });
    }
  }

  async drive(order: LoadOrder): Promise<LoadReport> {
    this.#mustRun();
    const owner = this.#parts.fleet.members.find((member) => member.nodes.some(({ kind }) => kind === "server"));
    if (owner === undefined) throw new ZpipeError(`${this.record.name} has no server`, { code: "no-server" });
    const id = ++this.#drives;
    const { epoch } = owner;
    owner.child?.send({ type: "drive", id, order });
    await this.#until(() => {
      if (owner.epoch !== epoch || owner.child === undefined) throw serverLost();
      return owner.driven?.id === id;
    });
    const { result } = owner.driven!;
    if ("code" in result) throw new ZpipeError(result.message, result);
    return result;
  }

  stop({ graceMs = GRACE_MS, kill = false }: StopOptions = {}): Promise<StopResult> {
    if (kill) this.#kill.abort();
    this.#stopped ??= this.#stop(graceMs);
    this.#parts.fleet.changed();
    return this.#stopped;
  }

  /** Anything in the fleet has changed. */
  look(): void {
    if (this.#state !== "running" || this.#error !== undefined) return;
    const fatal = collapse(this.#parts.fleet.members);
    if (fatal !== undefined) this.#fail(startFailure(fatal));
  }

  async #start(): Promise<void> {
    const { fleet } = this.#parts;
    // Not before openRun has everything in place.
    await Promise.resolve();
    this.#parts.happened({ kind: "state", state: "starting" });
    this.#sampler.start(() => {
      const snapshot = this.#latest();
      this.#parts.events.emit({ type: "snapshot", snapshot });
      this.#scaler.autosizer.look(snapshot, performance.now());
    });
    for (const process of this.#scaler.plan.processes) fleet.start(process);
    try {
      await this.#parts.compiled;
      await this.#until(() => fleet.members.filter((member) => !isReady(member)).length === 0);
    } catch (error) {
      if (this.#stopped === undefined) await this.#fail(error instanceof Error ? error : new Error(messageOf(error)));
      throw error;
    }
    this.#enter("running");
    fleet.serve();
    this.#tracer.start();
  }

  /** Waits for the fleet, but not beyond the end of the run. */
  #until(condition: () => boolean): Promise<void> {
    return this.#parts.fleet.until(() => {
      if (this.#stopped !== undefined) throw this.#error ?? stoppedMeanwhile(this.record.name);
      return condition();
    });
  }

  #fail(error: Error): Promise<StopResult> {
    this.#error = error;
    this.#parts.happened({ kind: "failed", reason: error.message });
    return this.stop({ kill: true });
  }

  async #stop(graceMs: number): Promise<StopResult> {
    const { fleet, pending, close, hangUp } = this.#parts;
    this.#enter("draining");
    const result = await stopFleet(fleet, { graceMs, kill: this.#kill.signal, pending });
    this.#sampler.stop();
    this.#tracer.stop();
    this.#parts.happened({ kind: "ended", ...result });
    await close();
    this.#enter("ended");
    void hangUp().then(() => this.#end({ ...result, error: this.#error }));
    return result;
  }

  #enter(state: RunState): void {
    this.#state = state;
    if (state !== "ended") this.#parts.happened({ kind: "state", state });
    this.#parts.events.emit({ type: "state", state });
  }

  #mustRun(): void {
    if (this.#state === "running") return;
    throw new ZpipeError(`${this.record.name} is ${this.#state}`, {
      code: "not-running",
      exitCode: ExitCode.unavailable,
      hints: this.#state === "starting" ? ["Try again when it is up."] : [],
    });
  }

  #latest(): Snapshot {
    return this.#sampler.latest(this.#describe(), this.#scaler);
  }

  #describe(): RunSnapshot {
    const { name, pid, url, metricsUrl, placement, transport, topology } = this.record;
    const uptimeMs = Math.round(performance.now() - this.#startedAt);
    return { name, state: this.#state, pid, url, metricsUrl, uptimeMs, placement, transport, topology };
  }
}

function hostOf(node: string, fleet: Fleet): Member {
  const member = fleet.hostOf(node) ?? fleet.member(node);
  if (member !== undefined) return member;
  const names = fleet.members.flatMap((each) => each.nodes.map((candidate) => candidate.name));
  throw new ZpipeError(`there is no node ${JSON.stringify(node)}`, {
    code: "unknown-node",
    exitCode: ExitCode.usage,
    hints: [didYouMean(node, names) ?? `The nodes are: ${names.join(", ")}.`],
  });
}

function hostOfOwner(owner: string, fleet: Fleet): Member {
  const member = fleet.hostOf(owner);
  if (member?.ownsRequests && member.child !== undefined && member.ready) return member;
  throw new ZpipeError(`${JSON.stringify(owner)} is not there to take its jobs again`, {
    code: "owner-not-ready",
    exitCode: ExitCode.unavailable,
    hints: member === undefined ? ["The topology has changed since they were sent."] : ["Try again in a moment."],
  });
}

function serverLost(): ZpipeError {
  return new ZpipeError("the server died while it made the load", { code: "server-lost" });
}

function stoppedMeanwhile(name: string): ZpipeError {
  return new ZpipeError(`${name} was stopped meanwhile`, { code: "stopped", exitCode: ExitCode.unavailable });
}
