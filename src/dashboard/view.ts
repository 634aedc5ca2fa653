import { unreachable } from "../errors.js";
import { detailPane } from "./detail-pane.js";
import { footer } from "./footer.js";
import { graphPane } from "./graph-pane.js";
import { header } from "./header.js";
import { helpRows } from "./help.js";
import type { Live } from "./live.js";
import { logPane, matching } from "./log-pane.js";
import { arrange, type PaneView, type Size } from "./panes.js";
import { type Scene, sceneOf } from "./scene.js";
import { stageTable } from "./stage-table.js";
import type { Pane, UiState } from "./state.js";
import { type Row, span } from "./style.js";
import { padRow } from "./text.js";

const TABLE_HEAD = 2;
const FEWEST_STAGES = 3;
/** With its title. */
const LOWEST_PANE = 8;

export interface View {
  /** The whole screen: `height` rows, each of exactly `width` cells. */
  readonly rows: readonly Row[];
  readonly shown: readonly Pane[];
}

export function view(live: Live, ui: UiState, { width, height }: Size): View {
  const all = header(live, ui.paused, width);
  // The help needs the room.
  const head = (ui.help ? all.slice(0, 1) : all).slice(0, Math.max(height - 1, 0));
  const room = Math.max(height - head.length - 1, 0);
  const body = ui.help ? { rows: helpRows(width), shown: [] } : bodyOf(live, ui, { width, height: room });
  const filled = Array.from({ length: room }, (_, index) => body.rows[index] ?? []);
  const rows = [...head, ...filled, footer(ui, width)].slice(0, height).map((row) => padRow(row, width));
  return { rows, shown: body.shown };
}

function bodyOf(live: Live, ui: UiState, { width, height }: Size): View {
  const scene = sceneOf(live.snapshot, ui);
  const hasPanes = ui.panes.length > 0 && height >= TABLE_HEAD + FEWEST_STAGES + LOWEST_PANE - 2;
  const most = hasPanes ? Math.max(height - LOWEST_PANE, TABLE_HEAD + FEWEST_STAGES) : height;
  const { rows: table, hidden } = tableRows(live, ui, scene, width, most - TABLE_HEAD);
  if (!hasPanes) return { rows: table, shown: [] };
  const draw = (pane: Pane, size: Size): PaneView => ({
    title: titleOf(pane, ui, scene),
    rows: paneRows(pane, live, ui, scene, { ...size, height: size.height - 1 }),
  });
  const more = hidden === 0 ? "" : `${hidden} more ${hidden === 1 ? "stage" : "stages"} ↕ ─ `;
  const { rows, shown } = arrange(ui.panes, draw, more, { width, height: height - table.length });
  return { rows: [...table, ...rows], shown };
}

function tableRows(live: Live, ui: UiState, scene: Scene, width: number, most: number) {
  const { rows, selected } = scene;
  const at = selected === undefined ? 0 : rows.indexOf(selected);
  const first = Math.max(Math.min(at - Math.floor(most / 2), rows.length - most), 0);
  const shown = rows.slice(first, first + most);
  const table = stageTable(
    {
      rows: shown,
      history: live.history,
      sort: ui.sort,
      selected: selected?.stage.name,
      focused: ui.focus === "stages",
    },
    width,
  );
  const empty: Row = [
    span(
      live.snapshot === undefined ? "" : ui.filter === "" ? "  no stages" : `  no stage is called like "${ui.filter}"`,
    ),
  ];
  return { rows: rows.length === 0 ? [...table, empty] : table, hidden: rows.length - shown.length };
}

function paneRows(pane: Pane, live: Live, ui: UiState, scene: Scene, { width, height }: Size): readonly Row[] {
  const { snapshot, history, logs } = live;
  if (pane === "logs") return logPane(matching(logs, ui.filter), ui.logOffset, width, height);
  if (snapshot === undefined) return [];
  switch (pane) {
    case "graph":
      return graphPane({ snapshot, bottleneck: scene.bottleneck }, width, height);
    case "details": {
      const { selected, nodes, node } = scene;
      if (selected === undefined) return [];
      const focused = ui.focus === "nodes";
      return detailPane({ stage: selected.stage, nodes, history, selected: node?.name, focused }, width, height);
    }
    default:
      return unreachable(pane);
  }
}

function titleOf(pane: Pane, { logOffset, filter }: UiState, { selected }: Scene): string {
  switch (pane) {
    case "graph":
      return "graph";
    case "details":
      return `details of ${selected?.stage.name ?? "nothing"}`;
    case "logs":
      return `log${filter === "" ? "" : ` with "${filter}"`}${logOffset > 0 ? ` ─ ${logOffset} lines back` : ""}`;
    default:
      return unreachable(pane);
  }
}
