import headless from "@xterm/headless";
import { eventually, type Program, World } from "./zpipe.js";

const COLUMNS = 80;
const ROWS = 24;

/**
 * What is started here runs in a real pseudo-terminal (of util-linux's `script`): the settings of its line are printed
 * before and after, then the exit code.
 */
const IN_A_TERMINAL = [
  "stty rows $ROWS cols $COLUMNS",
  'echo "was $(stty -g)"',
  "COMMAND; code=$?",
  'echo "now $(stty -g)"',
  'echo "code $code"',
].join("; ");

/** A world whose programs each have a terminal of their own. */
export function terminalWorld(directory: string): World {
  const script = IN_A_TERMINAL.replace("$ROWS", String(ROWS)).replace("$COLUMNS", String(COLUMNS));
  const quoted = `"\${script/COMMAND/$(printf "%q " "$@")}"`;
  // The environment of the run that is looked at, which another world has started.
  const bash = `export XDG_RUNTIME_DIR=${directory} TERM=xterm-256color; script='${script}'; exec script -qfc ${quoted} /dev/null`;
  return new World(["bash", "-c", bash, "bash"]);
}

/** What a terminal shows of all that a program has written to it. */
export class Screen {
  readonly #terminal = new headless.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  readonly #program: Program;
  #shown = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  /** The alternate screen, which what was there before is safe from. */
  get alternate(): boolean {
    return this.#terminal.buffer.active.type === "alternate";
  }

  /** Whether the last word about the cursor was to show it. */
  get cursor(): boolean {
    const { stdout } = this.#program;
    return stdout.lastIndexOf("\x1b[?25h") >= stdout.lastIndexOf("\x1b[?25l");
  }

  async text(): Promise<string> {
    const { stdout } = this.#program;
    const news = stdout.slice(this.#shown);
    this.#shown = stdout.length;
    await new Promise<void>((resolve) => this.#terminal.write(news, resolve));
    const { active } = this.#terminal.buffer;
    return Array.from({ length: ROWS }, (_, row) => active.getLine(active.baseY + row)?.translateToString(true)).join(
      "\n",
    );
  }

  async shows(pattern: RegExp): Promise<void> {
    await eventually(`the screen shows ${pattern}`, async () => pattern.test(await this.text()));
  }
}
