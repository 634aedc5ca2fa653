import type { LifecycleNews, ScaleChange, ScaleResult } from "../control/types.js";
import type { StageScaling } from "../metrics/snapshot.js";
import { buildPlan } from "../plan/build.js";
import { diffPlans } from "../plan/diff.js";
import type { Plan } from "../plan/types.js";
import { Autosizer } from "./autosizer.js";
import { changeCounts, type WorkerCounts } from "./counts.js";
import { startFailure } from "./failure.js";
import type { Fleet } from "./fleet.js";
import type { Member } from "./member.js";
import type { RunSettings } from "./options.js";

export interface ScalerPorts {
  readonly fleet: Fleet;
  /** Throws when nothing can be scaled now. */
  mustRun(): void;
  /** Waits for the fleet, but not beyond the end of the run. */
  until(condition: () => boolean): Promise<void>;
  happened(news: LifecycleNews): void;
}

/** How many workers each stage is to have, and how it gets them: by hand, or by what its queue says. */
export class Scaler {
  readonly autosizer: Autosizer;
  readonly #settings: RunSettings;
  readonly #ports: ScalerPorts;
  /** The last change of each stage: the names of retiring workers are not free before they are gone. */
  readonly #changing = new Map<string, Promise<unknown>>();
  readonly #scalings = new Map<string, StageScaling>();
  #counts: WorkerCounts;
  #plan: Plan;

  constructor(settings: RunSettings, ports: ScalerPorts) {
    const { topology, fixed, placement } = settings;
    this.#settings = settings;
    this.#ports = ports;
    this.#counts = settings.counts;
    this.#plan = this.#planFor(this.#counts);
    this.autosizer = new Autosizer(topology.stages, fixed, placement, (stage, { to, reason }) =>
      this.#scale([{ stage, to }], () => reason),
    );
  }

  get counts(): WorkerCounts {
    return this.#counts;
  }

  get plan(): Plan {
    return this.#plan;
  }

  /** Why stages last got another number of workers. */
  get scalings(): ReadonlyMap<string, StageScaling> {
    return this.#scalings;
  }

  /** As somebody wishes it. */
  scale(changes: readonly ScaleChange[]): Promise<ScaleResult> {
    return this.#scale(changes, ({ stage, before, after }) => {
      const holdMs = this.autosizer.hold(stage, performance.now());
      const holds = holdMs === undefined ? "" : `; stays so for ${holdMs / 60_000} min`;
      return `${before} → ${after}: by hand${holds}`;
    });
  }

  #scale(changes: readonly ScaleChange[], reasonOf: (change: Change) => string): Promise<ScaleResult> {
    const stages = changes.map(({ stage }) => stage);
    const before = Promise.all(stages.map((stage) => this.#changing.get(stage)));
    const scaled = before.then(() => this.#apply(changes, reasonOf));
    const settled = scaled.catch(() => {});
    for (const stage of stages) this.#changing.set(stage, settled);
    return scaled;
  }

  async #apply(changes: readonly ScaleChange[], reasonOf: (change: Change) => string): Promise<ScaleResult> {
    this.#ports.mustRun();
    const { fleet, until, happened } = this.#ports;
    const { counts, result } = changeCounts(this.#settings.topology.stages, this.#counts, changes);
    const plan = this.#planFor(counts);
    const { add, remove } = diffPlans(this.#plan, plan);
    this.#counts = counts;
    this.#plan = plan;
    const reasons = result.stages.map((change) => {
      const reason = reasonOf(change);
      if (change.before !== change.after) this.#scalings.set(change.stage, { reason, at: Date.now() });
      return { ...change, reason };
    });
    for (const { process, node } of add) fleet.add(process, node);
    // The highest number first, so that the names of those that stay have no gaps.
    for (const { node } of [...remove].reverse()) fleet.retire(node);
    const failed = fleet.members.filter((member) => member.life.state === "failed" && hasWorkerOf(member, result));
    for (const member of failed) fleet.restart(member);
    const awaited = [...add.map(({ node }) => node), ...failed.flatMap((member) => member.nodes)];
    await until(
      () =>
        awaited.every(({ name }) => this.#isNodeReady(name)) &&
        remove.every(({ node }) => fleet.hostOf(node) === undefined),
    );
    for (const change of reasons) if (change.before !== change.after) happened({ kind: "scaled", ...change });
    return result;
  }

  #planFor(workers: WorkerCounts): Plan {
    const { topology, graph, placement, transport, ordered } = this.#settings;
    return buildPlan(topology, graph, { placement, transport, workers, ordered });
  }

  #isNodeReady(node: string): boolean {
    const member = this.#ports.fleet.hostOf(node);
    return member?.isReady(node) === true || (member !== undefined && isReady(member));
  }
}

type Change = ScaleResult["stages"][number];

/** Throws when it never will be. */
export function isReady(member: Member): boolean {
  if (member.life.state === "failed") throw startFailure(member);
  return member.ready;
}

function hasWorkerOf(member: Member, { stages }: ScaleResult): boolean {
  return member.nodes.some((node) => node.kind === "worker" && stages.some(({ stage }) => stage === node.stage));
}
