import type { NodeSnapshot } from "../metrics/snapshot.js";
import { COLUMNS, type ColumnId } from "./columns.js";
import type { Scene } from "./scene.js";
import type { Intent, Pane, Prompt, UiState } from "./state.js";
import { WARNING } from "./style.js";

export interface Updated {
  readonly state: UiState;
  readonly intent?: Intent;
}

/** What the keys are used on. */
export interface Surroundings {
  readonly scene: Scene;
  /** The panes that are to be seen. */
  readonly shown: readonly Pane[];
  /** Every node of the run. */
  readonly nodes: readonly NodeSnapshot[];
  /** Lines of the log that the filter leaves. */
  readonly logLines: number;
}

const PAGE = 10;

/** `key`: a character, or a name such as "up", "escape", "C-c". */
export function update(state: UiState, key: string, around: Surroundings): Updated {
  if (key === "C-c") return { state, intent: { type: "interrupt" } };
  const { prompt } = state;
  if (prompt?.kind === "confirm") return confirm(state, prompt, key);
  if (prompt?.kind === "filter") return { state: typeFilter(state, prompt, key) };
  return command({ ...state, notice: undefined }, key, around);
}

function command(state: UiState, key: string, around: Surroundings): Updated {
  const { scene } = around;
  const stage = scene.selected?.stage.name;
  switch (key) {
    case "q":
      return { state, intent: { type: "quit" } };
    case "?":
      return { state: { ...state, help: !state.help } };
    case "escape":
      return { state: back(state) };
    case " ":
      return { state: { ...state, paused: !state.paused } };
    case "/":
      return { state: { ...state, help: false, prompt: { kind: "filter", before: state.filter } } };
    case "l":
      return { state: toggle(state, "logs", around) };
    case "g":
      return { state: toggle(state, "graph", around) };
    case "d":
      return { state: toggle(state, "details", around) };
    case "enter":
    case "tab":
      return { state: state.focus === "nodes" ? { ...state, focus: "stages" } : open(state, "details") };
    case "up":
    case "down":
      return { state: move(state, scene, key === "up" ? -1 : 1) };
    case "home":
    case "end":
      return { state: move(state, scene, key === "home" ? -Infinity : Infinity) };
    case "left":
    case "right":
      return { state: sideways(state, scene, key === "left" ? -1 : 1) };
    case "pageup":
    case "pagedown": {
      const offset = state.logOffset + (key === "pageup" ? PAGE : -PAGE);
      return { state: { ...state, logOffset: clamp(offset, 0, Math.max(around.logLines - PAGE, 0)) } };
    }
    case "+":
    case "=":
    case "-":
      if (stage === undefined) return { state };
      return { state, intent: { type: "scale", stage, delta: key === "-" ? -1 : 1 } };
    case "r":
      return restart(state, scene);
    case "k":
      return { state: askToKill(state, around) };
    default: {
      const column = COLUMNS.find((candidate) => candidate.key === key);
      return { state: column === undefined ? state : sortBy(state, column.id) };
    }
  }
}

function confirm(state: UiState, { intent }: Extract<Prompt, { kind: "confirm" }>, key: string): Updated {
  const answered = { ...state, prompt: undefined };
  return key === "y" || key === "Y" ? { state: answered, intent } : { state: answered };
}

function typeFilter(state: UiState, { before }: Extract<Prompt, { kind: "filter" }>, key: string): UiState {
  if (key === "enter") return { ...state, prompt: undefined };
  if (key === "escape") return { ...state, prompt: undefined, filter: before };
  if (key === "backspace") return { ...state, filter: [...state.filter].slice(0, -1).join("") };
  return [...key].length === 1 ? { ...state, filter: state.filter + key, logOffset: 0 } : state;
}

/** One step back from where the user is. */
function back(state: UiState): UiState {
  if (state.help) return { ...state, help: false };
  if (state.focus === "nodes") return close(state, "details");
  if (state.logOffset > 0) return { ...state, logOffset: 0 };
  if (state.filter !== "") return { ...state, filter: "" };
  return state.sort.column === undefined ? state : { ...state, sort: { column: undefined, descending: false } };
}

/** One that is to be seen is closed; one that is covered by another is brought to the front. */
function toggle(state: UiState, pane: Pane, { shown }: Surroundings): UiState {
  return shown.includes(pane) ? close(state, pane) : open(state, pane);
}

function open(state: UiState, pane: Pane): UiState {
  // The graph takes the place of the details; they only cover it.
  const kept = state.panes.filter((each) => each !== pane && !(each === "details" && pane === "graph"));
  const focus = pane === "details" ? "nodes" : pane === "graph" ? "stages" : state.focus;
  return { ...state, help: false, panes: [...kept, pane], focus };
}

function close(state: UiState, pane: Pane): UiState {
  const focus = pane === "details" ? "stages" : state.focus;
  return { ...state, panes: state.panes.filter((each) => each !== pane), focus };
}

function move(state: UiState, { rows, selected, nodes, node }: Scene, steps: number): UiState {
  if (state.focus === "nodes") {
    const to = nodes[clamp(nodes.findIndex(({ name }) => name === node?.name) + steps, 0, nodes.length - 1)];
    return { ...state, node: to?.name };
  }
  const to = rows[clamp((selected === undefined ? 0 : rows.indexOf(selected)) + steps, 0, rows.length - 1)];
  return { ...state, stage: to?.stage.name, node: undefined };
}

function sideways(state: UiState, scene: Scene, step: number): UiState {
  if (state.focus === "nodes") return { ...move({ ...state, focus: "stages" }, scene, step), focus: "nodes" };
  // Left of the first column: in the order of the graph.
  const at = COLUMNS.findIndex(({ id }) => id === state.sort.column);
  const to = COLUMNS[clamp(at + step, -1, COLUMNS.length - 1)];
  return { ...state, sort: { column: to?.id, descending: to !== undefined && to.id !== "stage" } };
}

/** Numbers with the highest first, names from A on; the second time the other way round. */
function sortBy(state: UiState, column: ColumnId): UiState {
  const descending = state.sort.column === column ? !state.sort.descending : column !== "stage";
  return { ...state, sort: { column, descending } };
}

function restart(state: UiState, { selected, nodes, node }: Scene): Updated {
  if (selected === undefined) return { state };
  if (state.focus === "nodes") {
    if (node === undefined) return { state };
    if (node.remote) return { state: elsewhere(state, node.name) };
    return { state, intent: { type: "restart", what: node.name, nodes: [node.name] } };
  }
  const workers = nodes.filter(({ kind }) => kind !== "proxy");
  const own = workers.filter(({ remote }) => !remote);
  if (own.length === 0) return { state: workers.length === 0 ? state : elsewhere(state, selected.stage.name) };
  const stay = own.filter(({ state: is }) => is !== "draining");
  // A process that hosts several of them is restarted once.
  const first = stay.filter(({ process }, index) => stay.findIndex((other) => other.process === process) === index);
  const names = first.map(({ name }) => name);
  return { state, intent: { type: "restart", what: selected.stage.name, nodes: names } };
}

function elsewhere(state: UiState, name: string): UiState {
  const text = `${name} works on other hosts: only what runs here can be restarted`;
  return { ...state, notice: { text, style: WARNING } };
}

/** The selected node, or the first worker of the selected stage that is there to be killed. */
function askToKill(state: UiState, { scene, nodes }: Surroundings): UiState {
  const alive = scene.nodes.filter(({ pid }) => pid !== undefined);
  const victim = state.focus === "nodes" ? scene.node : (alive.find(({ kind }) => kind === "worker") ?? alive[0]);
  if (victim?.pid === undefined) return state;
  const others = nodes.filter(({ process, name }) => process === victim.process && name !== victim.name);
  const along = others.length === 0 ? "" : ` and ${others.length} more in its process`;
  const question = `Kill ${victim.name} (${victim.kind}, pid ${victim.pid})${along}?`;
  return { ...state, prompt: { kind: "confirm", question, intent: { type: "kill", node: victim.name } } };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(Math.min(value, most), least);
}
