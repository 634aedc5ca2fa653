export type Cell = string | number | undefined;

/** Columns two spaces apart: numbers to the right, texts to the left, nothing for what is undefined. */
export function formatTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = [header, ...rows].map((row) => row.map((cell) => (cell === undefined ? "" : String(cell))));
  const widths = header.map((_, column) => Math.max(...texts.map((row) => row[column]!.length)));
  const isNumeric = header.map((_, column) => rows.some((row) => typeof row[column] === "number"));
  return texts
    .map((row) =>
      row
        .map((text, column) => (isNumeric[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
