/** Which neighbours a line character joins: up 1, down 2, left 4, right 8. */
const LINES = " ╵╷│╴┘┐┤╶└┌├─┴┬┼";
export const UP = 1;
export const DOWN = 2;
export const LEFT = 4;
export const RIGHT = 8;

/** A page of characters that lines and words are put on. */
export class Canvas {
  readonly #rows: string[][] = [];

  put(row: number, column: number, text: string): void {
    while (this.#rows.length <= row) this.#rows.push([]);
    const cells = this.#rows[row]!;
    while (cells.length < column) cells.push(" ");
    for (const [offset, char] of [...text].entries()) cells[column + offset] = char;
  }

  line(row: number, column: number, joins: number): void {
    this.put(row, column, LINES[joins]!);
  }

  toString(): string {
    return this.#rows
      .map((cells) =>
        Array.from(cells, (cell) => cell ?? " ")
          .join("")
          .trimEnd(),
      )
      .join("\n");
  }
}
