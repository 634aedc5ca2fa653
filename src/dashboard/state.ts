import type { ColumnId } from "./columns.js";
import type { Style } from "./style.js";

/** What the user has chosen; all that a key can change. */
export interface UiState {
  /** The selected stage; undefined or gone: the first that is shown. */
  readonly stage: string | undefined;
  /** The selected node of the detail view. */
  readonly node: string | undefined;
  /** What the arrows move in. */
  readonly focus: "stages" | "nodes";
  readonly sort: Sort;
  readonly filter: string;
  readonly prompt: Prompt | undefined;
  readonly help: boolean;
  /** Those that are open, the one that was opened last at the end; there is room for one or two. */
  readonly panes: readonly Pane[];
  readonly paused: boolean;
  /** Lines of the log between its end and the lowest that is shown. */
  readonly logOffset: number;
  /** What became of the last wish. */
  readonly notice: Notice | undefined;
}

export type Pane = "logs" | "graph" | "details";

/** Undefined: in the order of the graph. */
export interface Sort {
  readonly column: ColumnId | undefined;
  readonly descending: boolean;
}

export type Prompt =
  /** `before`: what esc brings back. */
  | { readonly kind: "filter"; readonly before: string }
  | { readonly kind: "confirm"; readonly question: string; readonly intent: Intent };

export interface Notice {
  readonly text: string;
  readonly style: Style;
}

/** What is to be done outside the dashboard. */
export type Intent =
  | { readonly type: "scale"; readonly stage: string; readonly delta: number }
  /** One after the other. */
  | { readonly type: "restart"; readonly what: string; readonly nodes: readonly string[] }
  | { readonly type: "kill"; readonly node: string }
  | { readonly type: "quit" }
  /** Ctrl-C. */
  | { readonly type: "interrupt" };

export const FIRST_STATE: UiState = {
  stage: undefined,
  node: undefined,
  focus: "stages",
  sort: { column: undefined, descending: false },
  filter: "",
  prompt: undefined,
  help: false,
  panes: ["logs", "graph"],
  paused: false,
  logOffset: 0,
  notice: undefined,
};
