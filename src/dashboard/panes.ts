import type { Pane } from "./state.js";
import { type Row, STRONG, span } from "./style.js";
import { padRow } from "./text.js";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface PaneView {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** From this width on two panes stand side by side. */
const SIDE_BY_SIDE = 140;
/** With its title; a log that shows less is of no use. */
const LOWEST_LOG = 4;
const SEPARATOR = " │ ";

export interface Arranged {
  readonly rows: readonly Row[];
  readonly shown: readonly Pane[];
}

/**
 * The graph or the details, whichever was opened last, and the log: beside each other where the screen is wide, else the
 * log below what the other leaves free, and when that is too little, only the one that was opened last. `draw` is given
 * the room with the title, and may fill less of it; `prefix` stands before the first title.
 */
export function arrange(
  panes: readonly Pane[],
  draw: (pane: Pane, size: Size) => PaneView,
  prefix: string,
  size: Size,
): Arranged {
  const last = panes.at(-1);
  if (last === undefined) return { rows: [], shown: [] };
  const alone = (): Arranged => ({ rows: framed(draw(last, size), prefix, size), shown: [last] });
  const main = panes.findLast((pane) => pane !== "logs");
  if (main === undefined || !panes.includes("logs")) return alone();
  if (size.width >= SIDE_BY_SIDE) return sideBySide([main, "logs"], draw, prefix, size);
  const upper = draw(main, size);
  const top = { ...size, height: upper.rows.length + 1 };
  const bottom = { ...size, height: size.height - top.height };
  if (bottom.height < LOWEST_LOG) return alone();
  return { rows: [...framed(upper, prefix, top), ...framed(draw("logs", bottom), "", bottom)], shown: [main, "logs"] };
}

function framed({ title, rows }: PaneView, prefix: string, { width, height }: Size): readonly Row[] {
  return [rule(prefix + title, width), ...rows.slice(0, height - 1)];
}

function sideBySide(
  panes: readonly Pane[],
  draw: (pane: Pane, size: Size) => PaneView,
  prefix: string,
  { width, height }: Size,
): Arranged {
  const left = Math.floor((width - SEPARATOR.length) / 2);
  const widths = [left, width - SEPARATOR.length - left];
  const views = panes.map((pane, index) => draw(pane, { width: widths[index]!, height }));
  const titles = views.map(({ title }, index) => rule(index === 0 ? prefix + title : title, widths[index]!));
  const line = (row: number) => views.map(({ rows }) => rows[row] ?? []);
  const lines = Array.from({ length: height - 1 }, (_, row) => beside(line(row), widths, SEPARATOR));
  return { rows: [beside(titles, widths, "─┬─"), ...lines], shown: panes };
}

function rule(title: string, width: number): Row {
  const line = "─".repeat(Math.max(width - title.length - 3, 0));
  return padRow([span("─ "), span(title, STRONG), span(` ${line}`)], width);
}

function beside(parts: readonly Row[], widths: readonly number[], separator: string): Row {
  return parts.flatMap((part, index) => [...(index === 0 ? [] : [span(separator)]), ...padRow(part, widths[index]!)]);
}
