import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { type Row, type Span, span, textOf } from "./style.js";

/** Of these each takes one cell: ASCII, arrows, box lines, blocks, and the signs that the dashboard uses. */
const NARROW = /^[\x20-\x7e\u00a0-\u00ff\u2018-\u2026\u2190-\u21ff\u2500-\u25ff]*$/;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Cells that a text takes on the screen. */
export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** What a reader takes for one character each, with the cells that it takes. */
export function cellsOf(text: string): readonly { readonly text: string; readonly width: number }[] {
  if (NARROW.test(text)) return [...text].map((character) => ({ text: character, width: 1 }));
  return [...segmenter.segment(text)].map(({ segment }) => ({ text: segment, width: widthOf(segment) }));
}

/** At most `width` cells; what was cut off is told by an ellipsis. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width <= 0 ? "" : `${start(text, width - 1)}…`;
}

/** Exactly `width` cells. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const short = cut(text, width);
  const blank = " ".repeat(Math.max(0, width - widthOf(short)));
  return align === "left" ? short + blank : blank + short;
}

export function rowWidth(row: Row): number {
  return row.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** Exactly `width` cells, blank on the right or cut. */
export function padRow(row: Row, width: number): Row {
  const missing = width - rowWidth(row);
  if (missing >= 0) return missing === 0 ? row : [...row, span(" ".repeat(missing))];
  const fitting: Span[] = [];
  let left = width;
  for (const piece of row) {
    const text = cut(piece.text, left);
    fitting.push({ ...piece, text });
    left -= widthOf(text);
    if (text !== piece.text) break;
  }
  return left > 0 ? [...fitting, span(" ".repeat(left))] : fitting;
}

/** A row with something at its right end, which goes first when both do not fit. */
export function spread(left: Row, right: Row, width: number): Row {
  const room = width - rowWidth(left) - rowWidth(right);
  return room < 1 || textOf(right) === "" ? padRow(left, width) : [...left, span(" ".repeat(room)), ...right];
}

/**
 * What somebody else has written, as one line that can do no harm: no escape sequences, no control characters, nothing that
 * turns the direction of writing or takes no cell by itself.
 */
export function harmless(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll("\t", "    ")
    .replace(/\s*[\r\n]+\s*/g, " ")
    .replace(/[\p{Cc}\u00ad\u061c\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu, "");
}

function start(text: string, width: number): string {
  let taken = "";
  let left = width;
  for (const cell of cellsOf(text)) {
    if (cell.width > left) break;
    taken += cell.text;
    left -= cell.width;
  }
  return taken;
}
