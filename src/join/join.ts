import { rm } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { lifecycleEntry } from "../control/lifecycle-words.js";
import type { LogEntry } from "../control/types.js";
import type { CurveClient } from "../plan/child.js";
import type { WorkerPlan } from "../plan/types.js";
import type { Posting } from "../protocol/gate.js";
import { compileModules } from "../runtime/compile.js";
import { collapse, startFailure } from "../runtime/failure.js";
import { Fleet } from "../runtime/fleet.js";
import { startGuardian } from "../runtime/guardian.js";
import { posted, workersFor } from "./crew.js";
import type { JoinSettings } from "./options.js";
import { Scout } from "./scout.js";

export type JoinEvent =
  | { readonly type: "joined"; readonly endpoint: string; readonly workers: readonly string[] }
  | { readonly type: "lost" }
  | { readonly type: "trouble"; readonly message: string }
  | { readonly type: "log"; readonly entry: LogEntry };

export interface Joined {
  /** Every worker has left, or was ended. Rejects when they cannot work. */
  readonly ended: Promise<{ readonly clean: boolean }>;
  /** Workers hand back what they have not started and finish what runs; called again, they are killed. */
  leave(): void;
}

/** How long a worker may take to finish what it runs and to be let go. */
const GRACE_MS = 10_000;
const STEP_MS = 2_000;

/** Works for stages of a topology that runs elsewhere: finds it, starts workers, and keeps them at it until told to leave. */
export async function joinTopology(settings: JoinSettings, onEvent: (event: JoinEvent) => void): Promise<Joined> {
  const guest = new Guests(settings, onEvent);
  await guest.start();
  return guest;
}

class Guests implements Joined {
  readonly ended: Promise<{ readonly clean: boolean }>;
  private readonly fleet: Fleet;
  private readonly guardian = startGuardian();
  private readonly scout: Scout;
  private plans: readonly WorkerPlan[];
  private isPosted = false;
  private finds = 0;
  private leaving = false;
  private readonly kill = new AbortController();
  private settle!: (end: { readonly clean: boolean }) => void;
  private fail!: (error: Error) => void;

  constructor(
    private readonly settings: JoinSettings,
    private readonly onEvent: (event: JoinEvent) => void,
  ) {
    const { topology, directory, childEntry, curve, where, stages } = settings;
    this.plans = workersFor(settings);
    const own = { ...topology, sources: [], stages: topology.stages.filter(({ name }) => stages.has(name)) };
    const compiled = compileModules(own, directory);
    compiled.catch((error: Error) => this.give(error));
    this.fleet = new Fleet({
      entry: childEntry,
      directory,
      guardian: this.guardian,
      compiled,
      deadLetters: "",
      sources: [],
      metadata: topology.metadata,
      onLog: (entry) => onEvent({ type: "log", entry }),
      onPending: () => {},
      onGaveUp: () => {},
      onUrl: () => {},
      onInterrupted: () => {},
      onFinished: () => {},
      onSkipped: () => {},
      onLifecycle: (news) => {
        if (news.kind === "died") onEvent({ type: "log", entry: lifecycleEntry({ ...news, time: Date.now() }) });
      },
      onChange: () => this.look(),
    });
    this.scout = new Scout({
      topology: topology.name,
      stages: [...stages.keys()],
      curve,
      where,
      onFound: (endpoint, postings) => this.found(endpoint, postings, curve),
      onLost: () => onEvent({ type: "lost" }),
      onTrouble: (message) => onEvent({ type: "trouble", message }),
    });
    this.ended = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
    this.ended.catch(() => {});
  }

  async start(): Promise<void> {
    try {
      await this.scout.start();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  leave(): void {
    if (this.leaving) this.kill.abort();
    else void this.end();
    this.leaving = true;
    this.fleet.changed();
  }

  private found(endpoint: string, postings: readonly Posting[], curve: CurveClient | undefined): void {
    if (this.leaving) return;
    const { fleet } = this;
    const epoch = ++this.finds;
    for (const { inbox } of this.plans) fleet.know(inbox, { endpoint, epoch, curve });
    const plans = posted(this.plans, postings);
    if (!this.isPosted) {
      this.isPosted = true;
      this.plans = plans;
      for (const node of plans) fleet.start({ name: node.name, nodes: [node] });
      // What dies from here on is started again, as long as it takes.
      fleet.serve();
    } else if (!isDeepStrictEqual(plans, this.plans)) {
      this.plans = plans;
      for (const node of plans) {
        const member = fleet.member(node.name)!;
        member.nodes = [node];
        fleet.restart(member);
      }
    }
    this.onEvent({ type: "joined", endpoint, workers: plans.map(({ name }) => name) });
  }

  private look(): void {
    if (this.leaving) return;
    const failed = collapse(this.fleet.members);
    if (failed !== undefined) this.give(startFailure(failed));
  }

  /** There is no use in going on. */
  private give(error: Error): void {
    if (this.leaving) return;
    this.leaving = true;
    this.kill.abort();
    void this.end(error);
  }

  private async end(error?: Error): Promise<void> {
    const { fleet, kill } = this;
    const over = () => kill.signal.aborted || fleet.gone;
    for (const { name } of this.plans) fleet.retire(name);
    const left = (await fleet.within(GRACE_MS, over)) && fleet.gone;
    if (!left) {
      fleet.stop();
      await fleet.within(STEP_MS, over);
      fleet.signal("SIGKILL");
      await fleet.until(() => fleet.gone);
    }
    await this.close();
    if (error === undefined) this.settle({ clean: left });
    else this.fail(error);
  }

  private async close(): Promise<void> {
    this.scout.stop();
    await this.guardian.close();
    await rm(this.settings.directory, { recursive: true, force: true });
  }
}
