import { COLUMNS, type Column, type StageRow } from "./columns.js";
import { depthOf, type History, sparkline, throughputOf } from "./history.js";
import type { Sort } from "./state.js";
import { BAR, PLAIN, type Row, type Span, STRONG, type Style, span, WARNING } from "./style.js";
import { pad, padRow } from "./text.js";

export interface StageTable {
  readonly rows: readonly StageRow[];
  /** Empty: there are no sparklines. */
  readonly history: History;
  readonly sort: Sort;
  /** Undefined: no row is marked as selected. */
  readonly selected: string | undefined;
  /** The selection is where the arrows move; else it is only marked. */
  readonly focused: boolean;
}

const BOTTLENECK = "◆";
const SHORTEST_NAME = 8;
const LONGEST_NAME = 24;
const SHORTEST_SPARK = 8;
const LONGEST_SPARK = 40;
/** After this column the throughput goes in, and only when there is room for more than that the depth. */
const THROUGHPUT_RANK = 5;
const DEPTH_RANK = 13;

/** Two rows of headings, then one for each stage. */
export function stageTable(table: StageTable, width: number): readonly Row[] {
  const layout = layoutOf(table, width);
  return [groupRow(layout), titleRow(layout, table.sort), ...table.rows.map((row) => stageRow(row, table, layout))].map(
    (row) => padRow(row, width),
  );
}

interface Layout {
  readonly columns: readonly Column[];
  /** Cells of the first column. */
  readonly name: number;
  readonly gap: number;
  /** Cells of each sparkline; 0: there is none. */
  readonly throughput: number;
  readonly depth: number;
}

function layoutOf({ rows, sort, history }: StageTable, width: number): Layout {
  // The mark of the selection stands before a name, that of the bottleneck behind it.
  const longest = Math.max(...rows.map(({ stage }) => stage.name.length), SHORTEST_NAME) + 3;
  const name = Math.min(longest, LONGEST_NAME, Math.max(SHORTEST_NAME + 3, Math.floor(width / 4)));
  const wanted = COLUMNS.slice(1).sort((a, b) => rankOf(a, sort) - rankOf(b, sort));
  const kept = new Set<Column>();
  let left = width - name;
  let throughput = 0;
  let depth = 0;
  for (const column of wanted) {
    if (history.length > 0 && rankOf(column, sort) > THROUGHPUT_RANK && throughput === 0 && left > SHORTEST_SPARK) {
      throughput = SHORTEST_SPARK;
      left -= SHORTEST_SPARK + 1;
    }
    if (history.length > 0 && rankOf(column, sort) > DEPTH_RANK && depth === 0 && left > SHORTEST_SPARK) {
      depth = SHORTEST_SPARK;
      left -= SHORTEST_SPARK + 1;
    }
    if (column.width + 1 > left) break;
    kept.add(column);
    left -= column.width + 1;
  }
  // A second blank between all columns, if that is all it takes.
  const gaps = kept.size + (throughput > 0 ? 1 : 0) + (depth > 0 ? 1 : 0);
  const gap = left >= gaps ? 2 : 1;
  if (gap === 2) left -= gaps;
  const share = depth > 0 ? Math.floor(left / 2) : left;
  const grown = Math.min(LONGEST_SPARK, SHORTEST_SPARK + share);
  const columns = COLUMNS.slice(1).filter((column) => kept.has(column));
  return { columns, name, gap, throughput: throughput && grown, depth: depth && grown };
}

/** What it is sorted by is always to be seen. */
function rankOf(column: Column, { column: sortedBy }: Sort): number {
  return column.id === sortedBy ? 0 : column.rank;
}

/** The name of a group stands above the columns that it has, to the right, with a line to its left. */
function groupRow({ columns, name, gap }: Layout): Row {
  const row: Span[] = [span(" ".repeat(name))];
  for (let at = 0; at < columns.length; ) {
    const { group } = columns[at]!;
    let end = at + 1;
    while (group !== "" && columns[end]?.group === group) end++;
    const cells = columns.slice(at, end).reduce((sum, { width }) => sum + width + gap, -gap);
    row.push(span(" ".repeat(gap)), span(groupTitle(group, cells)));
    at = end;
  }
  return row;
}

/** `── WORKERS ──`, as long as what it stands above. */
function groupTitle(group: string, cells: number): string {
  if (group === "") return " ".repeat(cells);
  const lines = cells - group.length - 2;
  if (lines < 2) return pad(group.slice(0, cells), cells, "right");
  const left = Math.floor(lines / 2);
  return `${"─".repeat(left)} ${group} ${"─".repeat(lines - left)}`;
}

function titleRow({ columns, name, gap, throughput, depth }: Layout, { column, descending }: Sort): Row {
  const mark = descending ? "▼" : "▲";
  const title = ({ id, title: text }: Column, width: number, align: "left" | "right"): Span =>
    id === column
      ? span(pad(align === "left" ? `${text}${mark}` : `${mark}${text}`, width, align), { ...STRONG, underline: true })
      : span(pad(text, width, align), STRONG);
  const spark = (text: string, width: number): readonly Span[] =>
    width === 0 ? [] : [span(" ".repeat(gap)), span(pad(text, width), STRONG)];
  return [
    span("  "),
    title(COLUMNS[0]!, name - 2, "left"),
    ...columns.flatMap((each) => [span(" ".repeat(gap - 1)), title(each, each.width + 1, "right")]),
    ...spark(throughput < 10 ? "OUT/S" : "THROUGHPUT", throughput),
    ...spark("DEPTH", depth),
  ];
}

function stageRow(row: StageRow, { history, selected, focused }: StageTable, layout: Layout): Row {
  const { columns, name, gap, throughput, depth } = layout;
  const { stage, isBottleneck } = row;
  const isSelected = stage.name === selected;
  const look = (style: Style): Style => (isSelected && focused ? { ...BAR, ...(style.bold ? STRONG : {}) } : style);
  const spark = (values: readonly number[], width: number): readonly Span[] =>
    width === 0 ? [] : [span(" ".repeat(gap), look(PLAIN)), span(sparkline(values, width), look({ colour: "cyan" }))];
  const label = pad(stage.name, name - 3);
  const text = label.trimEnd();
  return [
    span(isSelected ? "› " : "  ", look(STRONG)),
    span(text, look(isBottleneck ? WARNING : isSelected ? STRONG : PLAIN)),
    span(isBottleneck ? BOTTLENECK : " ", look(WARNING)),
    span(" ".repeat(label.length - text.length), look(PLAIN)),
    ...columns.flatMap((each) => [
      span(" ".repeat(gap), look(PLAIN)),
      span(pad(each.text(row), each.width, "right"), look(each.style(row))),
    ]),
    ...spark(throughputOf(history, stage.name), throughput),
    ...spark(depthOf(history, stage.name), depth),
  ];
}
