import type { ScaleChange } from "../control/types.js";
import { ExitCode, ZpipeError } from "../errors.js";
import type { NodeSnapshot, Snapshot } from "../metrics/snapshot.js";
import type { Run } from "../runtime/run.js";
import type { Stage, Topology } from "../topology/types.js";
import type { ChaosEvent, ChaosKind } from "./result.js";

export interface ChaosOrder {
  readonly kinds: readonly ChaosKind[];
  readonly everyMs: number;
}

/** Workers of a stage with a fixed number grow to so many more at most. */
const MOST_MORE = 2;

/**
 * Time for an answer under chaos, at least. What is killed again and again is started again after some seconds only; a
 * request that is not answered in this time was lost, not late.
 */
const PATIENT_MS = 30_000;

export function patient(topology: Topology): Topology {
  const { server } = topology;
  if (server === undefined) return topology;
  const routes = server.routes.map((route) => ({ ...route, timeoutMs: Math.max(route.timeoutMs, PATIENT_MS) }));
  return { ...topology, server: { ...server, routes } };
}

/** Does something bad to a random victim every so often, while the run is under load. */
export class Chaos {
  readonly events: ChaosEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #acts = 0;
  #acting: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(
    private readonly run: Run,
    private readonly stages: readonly Stage[],
    private readonly order: ChaosOrder,
    private readonly random: () => number = Math.random,
  ) {}

  /** @throws ZpipeError when there is nobody to do it to */
  async check(): Promise<void> {
    const { nodes, run } = await this.run.snapshot();
    for (const kind of this.order.kinds) {
      if (kind !== "scale" && victims(kind, nodes).length === 0) throw noVictim(kind, run.placement);
    }
  }

  begin(): void {
    const startedAt = performance.now();
    const act = async () => {
      // In turn, so that each kind has its share.
      const kind = this.order.kinds[this.#acts++ % this.order.kinds.length]!;
      const atMs = Math.round(performance.now() - startedAt);
      const target = await this.#act(kind, await this.run.snapshot());
      if (target !== undefined) this.events.push({ atMs, kind, target });
    };
    this.#timer = setInterval(() => {
      // Scaling may take longer than the interval; what came due meanwhile must not happen all at once.
      if (this.#busy) return;
      this.#busy = true;
      this.#acting = act()
        // The run was stopped, or a worker that was to start was killed; what became of the load is told by its report.
        .catch(() => {})
        .finally(() => {
          this.#busy = false;
        });
    }, this.order.everyMs);
  }

  /** Resolves when the last act is over. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#acting;
  }

  async #act(kind: ChaosKind, snapshot: Snapshot): Promise<string | undefined> {
    if (kind === "scale") return this.#scale(snapshot);
    const victim = this.#pick(victims(kind, snapshot.nodes));
    if (victim?.pid === undefined) return undefined;
    process.kill(victim.pid, "SIGKILL");
    return victim.name;
  }

  async #scale(snapshot: Snapshot): Promise<string | undefined> {
    const stage = this.#pick(this.stages)!;
    const { min, max, initial } = stage.workers;
    const [low, high] = min === max ? [1, initial + MOST_MORE] : [min, max];
    const now = snapshot.stages.find(({ name }) => name === stage.name)?.workers.wanted;
    const choices = Array.from({ length: high - low + 1 }, (_, i) => low + i).filter((count) => count !== now);
    const to = this.#pick(choices);
    if (to === undefined) return undefined;
    const changes: readonly ScaleChange[] = [{ stage: stage.name, to }];
    await this.run.scale(changes);
    return `${stage.name}=${to}`;
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.random() * items.length)];
  }
}

/** Running nodes of that kind; never one that would take the server along, unless that is what is wanted. */
export function victims(kind: Exclude<ChaosKind, "scale">, nodes: readonly NodeSnapshot[]): readonly NodeSnapshot[] {
  const wanted = kind.slice("kill-".length);
  const withServer = nodes.filter((node) => node.kind === "server").map((node) => node.process);
  return nodes.filter(
    (node) =>
      node.kind === wanted &&
      node.state === "running" &&
      node.pid !== undefined &&
      (wanted === "server" || !withServer.includes(node.process)),
  );
}

function noVictim(kind: ChaosKind, placement: string): ZpipeError {
  return new ZpipeError(`${kind} finds no victim in placement ${placement}: all share the process of the server`, {
    code: "no-victim",
    exitCode: ExitCode.usage,
    hints: ["Take --placement separate, or kill-server."],
  });
}
