import type { Graph } from "../graph/types.js";
import type { Snapshot } from "../metrics/snapshot.js";
import type { Transport } from "../plan/types.js";
import type { Placement, Topology } from "../topology/types.js";
import type { ChaosOrder } from "./chaos.js";
import type { Threshold } from "./thresholds.js";

export interface MeasureOptions {
  readonly topology: Topology;
  readonly graph: Graph;
  readonly name: string | undefined;
  readonly placement: Placement | undefined;
  readonly transport: Transport | undefined;
  readonly workers: ReadonlyMap<string, number>;
  readonly entry: "http" | "graph";
  /** Without a server, what the sources themselves allow counts. */
  readonly connections: number;
  readonly rate: number | undefined;
  readonly durationMs: number;
  readonly warmupMs: number;
  /** Of its only source, in place of what it would make; undefined: until the time is over. */
  readonly jobs: number | undefined;
  /** What a job takes; undefined: what it did take. */
  readonly jobMs: number | undefined;
  readonly chaos: ChaosOrder | undefined;
  readonly thresholds: readonly Threshold[];
  readonly version: string;
  /** About once a second, while the load lasts. */
  readonly onProgress?: ((snapshot: Snapshot) => void) | undefined;
  /** Aborted: end the run at once. */
  readonly signal: AbortSignal;
}
