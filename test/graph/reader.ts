import type { Graph } from "../../src/graph/types.js";

/** Which neighbours a line character joins. */
const JOINS: Readonly<Record<string, string>> = {
  "│": "UD",
  "▼": "UD",
  "┘": "UL",
  "┐": "DL",
  "┤": "UDL",
  "─": "LR",
  "└": "UR",
  "┌": "DR",
  "├": "UDR",
  "┴": "ULR",
  "┬": "DLR",
  "┼": "UDLR",
};
const STEP = { U: [-1, 0], D: [1, 0], L: [0, -1], R: [0, 1] } as const;
const BACK = { U: "D", D: "U", L: "R", R: "L" } as const;
type Direction = keyof typeof STEP;

/** Follows the lines of a picture as an eye does: `from to` for each pair of boxes that they join, sorted. */
export function readPicture(picture: string, graph: Graph): readonly string[] {
  const rows = picture.split("\n").map((row) => [...row]);
  const boxes = graph.nodes.map(({ name, kind }) => findBox(rows, name, kind === "stage" ? `${name} ×` : name));
  return boxes
    .flatMap(({ name, left, right, bottom }) => {
      const found = new Set<string>();
      for (let column = left + 1; column < right; column++) {
        if (rows[bottom]?.[column] === "┬") follow(rows, boxes, bottom + 1, column, "D", found);
      }
      return [...found].map((to) => `${name} ${to}`);
    })
    .sort();
}

interface Found {
  readonly name: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function findBox(rows: readonly (readonly string[])[], name: string, label: string): Found {
  for (const [y, row] of rows.entries()) {
    const match = new RegExp(`│ *${label}[^│]*│`).exec(row.join(""));
    if (match === null) continue;
    let bottom = y;
    while (rows[bottom]?.[match.index] === "│") bottom++;
    return { name, left: match.index, right: match.index + match[0].length - 1, top: y - 1, bottom };
  }
  throw new Error(`no box for ${name}`);
}

function follow(
  rows: readonly (readonly string[])[],
  boxes: readonly Found[],
  y: number,
  x: number,
  direction: Direction,
  found: Set<string>,
): void {
  const box = boxes.find(({ left, right, top }) => y === top && left < x && x < right);
  if (direction === "D" && box !== undefined) {
    found.add(box.name);
    return;
  }
  const char = rows[y]?.[x] ?? " ";
  // A vertical that interrupts a horizontal crosses it.
  const crossed = char === "│" && (direction === "L" || direction === "R");
  const joins = JOINS[char] ?? "";
  if (!crossed && !joins.includes(BACK[direction])) throw new Error(`a line ends at row ${y}, column ${x}`);
  const onward = crossed
    ? [direction]
    : (["D", "L", "R"] as const).filter((to) => to !== BACK[direction] && joins.includes(to));
  for (const next of onward) follow(rows, boxes, y + STEP[next][0], x + STEP[next][1], next, found);
}
