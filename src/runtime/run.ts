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
import type { Events } from "./events.js";
import { collapse, startFailure } from "./failure.js";
import type { Fleet } from "./fleet.js";
import type { RunSettings } from "./options.js";
import { ProcessControl } from "./process-control.js";
import type { RunDirectory } from "./run-directory.js";
import { Sampler } from "./sampler.js";
import { isReady, Scaler } from "./scaler.js";
import { stopFleet } from "./stopping.js";
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

/** The supervisor: keeps the fleet at what the plan says, and ends it. */
export class SupervisedRun implements Run {
  readonly ready: Promise<void>;
  readonly ended: Promise<RunEnd>;
  readonly #parts: RunParts;
  readonly #sampler: Sampler;
  readonly #scaler: Scaler;
  readonly #processes: ProcessControl;
  readonly #tracer: Tracer;
  readonly #startedAt = performance.now();
  readonly #kill = new AbortController();
  #state: RunState = "starting";
  #stopped: Promise<StopResult> | undefined;
  #error: Error | undefined;
  #end!: (end: RunEnd) => void;

  constructor(parts: RunParts) {
    this.#parts = parts;
    const { fleet, happened } = parts;
    const mustRun = () => this.#mustRun();
    const until = (condition: () => boolean) => this.#until(condition);
    this.#scaler = new Scaler(parts.settings, { fleet, happened, mustRun, until });
    this.#processes = new ProcessControl(parts.settings.name, { fleet, mustRun, until });
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

  restart(node: string): Promise<void> {
    return this.#processes.restart(node);
  }

  kill(node: string): Promise<void> {
    return this.#processes.kill(node);
  }

  resend(letters: readonly DeadLetter[]): Promise<void> {
    return this.#processes.resend(letters);
  }

  drive(order: LoadOrder): Promise<LoadReport> {
    return this.#processes.drive(order);
  }

  async trace(request: string): Promise<Trace> {
    this.#mustRun();
    return this.#tracer.trace(request);
  }

  async slowest(count: number): Promise<readonly Trace[]> {
    this.#mustRun();
    return this.#tracer.slowest(count);
  }

  stop({ graceMs = this.#parts.settings.drainMs, kill = false }: StopOptions = {}): Promise<StopResult> {
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

function stoppedMeanwhile(name: string): ZpipeError {
  return new ZpipeError(`${name} was stopped meanwhile`, { code: "stopped", exitCode: ExitCode.unavailable });
}
