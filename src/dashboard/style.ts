/** How a piece of a row looks. Without colour, what matters is still told by weight, underline, inversion and signs. */
export interface Style {
  /** Of the 16 that every terminal has, those that can be read on light and dark grounds alike. */
  readonly colour?: "red" | "green" | "magenta" | "cyan";
  readonly bold?: boolean;
  readonly inverse?: boolean;
  readonly underline?: boolean;
}

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** One line of the screen, from the left; what it does not fill is blank. */
export type Row = readonly Span[];

export const PLAIN: Style = {};
export const STRONG: Style = { bold: true };
export const HEADING: Style = { colour: "cyan", bold: true };
export const GOOD: Style = { colour: "green" };
export const WARNING: Style = { colour: "magenta", bold: true };
export const BAD: Style = { colour: "red", bold: true };
export const BAR: Style = { inverse: true };

export function span(text: string, style: Style = PLAIN): Span {
  return { text, style };
}

/** Its words alone. */
export function textOf(row: Row): string {
  return row.map(({ text }) => text).join("");
}
