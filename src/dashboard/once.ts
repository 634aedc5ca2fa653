import { liveGraphOf } from "../graph/live.js";
import type { Snapshot } from "../metrics/snapshot.js";
import { edgeRows } from "./graph-pane.js";
import { header } from "./header.js";
import { sceneOf } from "./scene.js";
import { stageTable } from "./stage-table.js";
import { FIRST_STATE } from "./state.js";
import { textOf } from "./style.js";

/** A snapshot as the dashboard shows it, without what needs a terminal. */
export function onceText(snapshot: Snapshot, width: number): string {
  const now = Date.now();
  const live = { name: snapshot.run.name, link: "live", snapshot, history: [], logs: [], heardAt: now, now } as const;
  const { rows, bottleneck } = sceneOf(snapshot, FIRST_STATE);
  const table = stageTable({ rows, history: [], sort: FIRST_STATE.sort, selected: undefined, focused: false }, width);
  const edges = edgeRows(liveGraphOf(snapshot).graph, { snapshot, bottleneck }, width);
  return [...header(live, false, width), [], ...table, [], ...edges].map((row) => textOf(row).trimEnd()).join("\n");
}
