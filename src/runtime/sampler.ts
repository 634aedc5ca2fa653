import type { Graph } from "../graph/types.js";
import { type CounterSample, Rates } from "../metrics/rates.js";
import type { RunSnapshot, Snapshot } from "../metrics/snapshot.js";
import { TimeTotals } from "../metrics/time-totals.js";
import { Totals } from "../metrics/totals.js";
import type { Topology } from "../topology/types.js";
import { edgesOf, type NodeNames, nodeNamesOf } from "./edges.js";
import type { Fleet } from "./fleet.js";
import type { RunSettings } from "./options.js";
import { countersOf, type Numbers, nodesOf, observeTimes, serverOf, sourcesOf, stagesOf } from "./sample.js";

const ANSWER_MS = 250;
const INTERVAL_MS = 1_000;

/** Samples the fleet about once a second, so that rates are known whenever somebody asks. */
export class Sampler {
  readonly #fleet: Fleet;
  readonly #graph: Graph;
  readonly #topology: Topology;
  readonly #names: NodeNames;
  readonly #rates = new Rates();
  readonly #totals = new Totals();
  readonly #times = new TimeTotals();
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;

  constructor(fleet: Fleet, { topology, graph }: Pick<RunSettings, "topology" | "graph">) {
    this.#fleet = fleet;
    this.#graph = graph;
    this.#topology = topology;
    this.#names = nodeNamesOf(topology);
  }

  start(onTick: () => void): void {
    const tick = async () => {
      await this.#askForStats();
      const sample = this.#count();
      this.#rates.record(sample);
      onTick();
      // What is told now is the past of what is told next.
      this.#times.mark(sample.at);
    };
    this.#timer = setInterval(() => void tick(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async snapshot(run: () => RunSnapshot, numbers: () => Numbers): Promise<Snapshot> {
    await this.#askForStats();
    return this.latest(run(), numbers());
  }

  /** From what is known now, without asking. */
  latest(run: RunSnapshot, numbers: Numbers): Snapshot {
    const sample = this.#count();
    const view = {
      members: this.#fleet.members,
      counters: sample.counters,
      skipped: this.#fleet.skipped,
      perSecond: (name: string) => this.#rates.perSecond(name, sample),
      meanPerSecond: (name: string) => this.#rates.meanPerSecond(name, sample),
      times: (name: string) => this.#times.snapshot(name),
    };
    return {
      run,
      nodes: nodesOf(view, [...numbers.counts.keys()]),
      stages: stagesOf(view, numbers, this.#topology.stages),
      edges: edgesOf(view, this.#graph, this.#names),
      server: serverOf(view),
      sources: sourcesOf(view),
    };
  }

  /** Waits only for what hosts a server or a proxy: a worker that computes answers when its job is done. */
  async #askForStats(): Promise<void> {
    const id = this.#nextId++;
    const asked = this.#fleet.members.filter((member) => member.ready);
    for (const member of asked) member.child?.send({ type: "stats", id });
    const awaited = asked.filter((member) => member.essential);
    await this.#fleet.within(ANSWER_MS, () =>
      awaited.every((member) => member.child === undefined || (member.stats?.id ?? 0) >= id),
    );
  }

  #count(): CounterSample {
    observeTimes(this.#fleet.members, this.#times);
    return { at: performance.now(), counters: countersOf(this.#fleet.members, this.#totals, this.#names) };
  }
}
