import type { UiState } from "./state.js";
import { BAR, type Row, type Span, STRONG, span, WARNING } from "./style.js";
import { padRow, rowWidth } from "./text.js";

/** The most useful first: the last go when there is no room. */
const HINTS: readonly (readonly [string, string])[] = [
  ["?", "help"],
  ["q", "quit"],
  ["↑↓", "select"],
  ["+-", "scale"],
  ["d", "details"],
  ["g", "graph"],
  ["l", "logs"],
  ["/", "filter"],
  ["←→", "sort"],
  ["r", "restart"],
  ["k", "kill"],
  ["space", "pause"],
];

/** A question, what became of the last wish, or what the keys do. */
export function footer({ prompt, filter, notice }: UiState, width: number): Row {
  if (prompt?.kind === "confirm") {
    return padRow(
      [span(` ${prompt.question} `, { ...WARNING, inverse: true }), span(" y: yes   any other key: no", STRONG)],
      width,
    );
  }
  if (prompt?.kind === "filter")
    return padRow([span(" filter: ", STRONG), span(`${filter}▏`), span("   enter: keep   esc: take back")], width);
  if (notice !== undefined) return padRow([span(` ${notice.text}`, notice.style)], width);
  const kept = filter === "" ? [] : [span(` /${filter} `, WARNING)];
  return padRow([...kept, ...hints(width - rowWidth(kept))], width);
}

function hints(width: number): Row {
  const row: Span[] = [];
  for (const [key, text] of HINTS) {
    const hint = [span(` ${key} `, { ...BAR, bold: true }), span(` ${text} `)];
    if (rowWidth(row) + rowWidth(hint) > width) break;
    row.push(...hint);
  }
  return row;
}
