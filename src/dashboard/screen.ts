import blessed, { type Key, type Line, type Screen as Page } from "blessed";
import type { Size } from "./panes.js";
import type { Row, Style } from "./style.js";
import { cellsOf } from "./text.js";

/** A terminal that has been taken over; it is given back by `close`, and at the latest when the process exits. */
export interface Screen {
  readonly size: Size;
  paint(rows: readonly Row[]): void;
  close(): void;
}

export interface ScreenOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly colour: boolean;
  /** A character, or a name such as "up", "escape", "C-c". */
  readonly onKey: (key: string) => void;
  readonly onResize: () => void;
}

export function openScreen({ input, output, colour, onKey, onResize }: ScreenOptions): Screen {
  const program = blessed.program({
    input,
    output,
    // All that is used is what xterm and those that came after it have in common. Of the terminfo of others, such as
    // screen-256color, blessed cannot compile everything, and says so on the screen.
    terminal: "xterm",
    extended: false,
    // What it would guess from LANG: terminals without UTF-8 are gone, but in containers LANG often is not set.
    forceUnicode: true,
    tput: true,
    buffer: true,
    zero: true,
  });
  // Line drawing by the alternate character set comes out as letters under tmux.
  program.tput.brokenACS = true;
  const page = blessed.screen({ program });
  // A terminal that has gone away is told by SIGHUP.
  output.on("error", ignore);
  program.on("keypress", (character, key) => {
    const name = nameOf(character, key);
    if (name !== undefined) onKey(name);
  });
  program.on("resize", onResize);
  const painter = new Painter(page, colour);
  return {
    get size() {
      return { width: page.width, height: page.height };
    },
    paint: (rows) => painter.paint(rows),
    close: () => {
      page.destroy();
      output.off("error", ignore);
    },
  };
}

function ignore(): void {}

/** blessed tells the return key twice, as "return" and as "enter". */
function nameOf(character: string | undefined, { full, ctrl, meta }: Key): string | undefined {
  if (full === "return") return undefined;
  const isCharacter = character !== undefined && character >= " " && character !== "\x7f" && !ctrl && !meta;
  return isCharacter ? character : full;
}

/** Puts rows into the cells of the page; blessed sends to the terminal what is different. */
class Painter {
  readonly #page: Page;
  readonly #colour: boolean;

  constructor(page: Page, colour: boolean) {
    this.#page = page;
    this.#colour = colour;
  }

  paint(rows: readonly Row[]): void {
    const { lines, olines } = this.#page;
    for (const [y, line] of lines.entries()) this.#paintLine(line, olines[y]!, rows[y] ?? []);
    this.#page.draw(0, lines.length - 1);
  }

  #paintLine(line: Line, shown: Line, row: Row): void {
    let x = 0;
    let isWide = line.some(([, text]) => text.length !== 1);
    const put = (attribute: number, text: string) => {
      const cell = line[x++];
      if (cell === undefined || (cell[0] === attribute && cell[1] === text)) return;
      cell[0] = attribute;
      cell[1] = text;
      line.dirty = true;
    };
    for (const { text, style } of row) {
      const attribute = attributeOf(style, this.#colour);
      for (const cell of cellsOf(text)) {
        // What takes no cell of its own belongs to the one before it.
        if (cell.width === 0) continue;
        if (cell.width > 1 && x + cell.width > line.length) break;
        isWide ||= cell.text.length !== 1;
        put(attribute, cell.text);
        for (let more = 1; more < cell.width; more++) put(attribute, "");
      }
    }
    while (x < line.length) put(DEFAULT, " ");
    // blessed moves over what has not changed by counting cells, and would count a wide character as one.
    if (isWide && line.dirty) for (const cell of shown) cell[1] = "\0";
  }
}

/** Neither a foreground nor a background of our own: the terminal's. */
const NONE = 0x1ff;
const DEFAULT = (NONE << 9) | NONE;

const COLOURS = { red: 1, green: 2, magenta: 5, cyan: 6 } as const;

function attributeOf({ colour, bold, underline, inverse }: Style, wantsColour: boolean): number {
  const flags = (bold ? 1 : 0) | (underline ? 2 : 0) | (inverse ? 8 : 0);
  const foreground = colour !== undefined && wantsColour ? COLOURS[colour] : NONE;
  return (flags << 18) | (foreground << 9) | NONE;
}
