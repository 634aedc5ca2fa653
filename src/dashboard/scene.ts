import { liveBottleneck } from "../graph/live.js";
import type { NodeSnapshot, Snapshot } from "../metrics/snapshot.js";
import { type StageRow, sorted } from "./columns.js";
import type { UiState } from "./state.js";
import { nodesOf, usageOfStage } from "./usage.js";

/** What the user's choices leave of a snapshot, and what in it is selected. */
export interface Scene {
  /** Filtered and sorted. */
  readonly rows: readonly StageRow[];
  /** Undefined only when there are no rows. */
  readonly selected: StageRow | undefined;
  /** Of the selected stage. */
  readonly nodes: readonly NodeSnapshot[];
  readonly node: NodeSnapshot | undefined;
  readonly bottleneck: string | undefined;
}

export const EMPTY_SCENE: Scene = {
  rows: [],
  selected: undefined,
  nodes: [],
  node: undefined,
  bottleneck: undefined,
};

export function sceneOf(snapshot: Snapshot | undefined, { filter, sort, stage, node }: UiState): Scene {
  if (snapshot === undefined) return EMPTY_SCENE;
  const bottleneck = liveBottleneck(snapshot.stages);
  const all = snapshot.stages.map((each): StageRow => {
    return { stage: each, usage: usageOfStage(snapshot, each.name), isBottleneck: each.name === bottleneck };
  });
  const wanted = filter.toLowerCase();
  const rows = sorted(
    all.filter((row) => row.stage.name.toLowerCase().includes(wanted)),
    sort,
  );
  const selected = rows.find((row) => row.stage.name === stage) ?? rows[0];
  const nodes = selected === undefined ? [] : nodesOf(snapshot, selected.stage.name);
  return { rows, selected, nodes, node: nodes.find(({ name }) => name === node) ?? nodes[0], bottleneck };
}
