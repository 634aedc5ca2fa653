import type { Death } from "../control/types.js";
import { printable } from "../printable.js";

/** The end of what it printed tells most: a traceback has its error there. */
const MOST_LINES = 6;
/** Different deaths that are told; a crash loop shall not fill the screen. */
const MOST_TOLD = 5;

/** Tells of deaths, each kind once. */
export class Obituaries {
  readonly #told = new Set<string>();
  readonly #run: string;

  constructor(run: string) {
    this.#run = run;
  }

  /** What to say of a death; undefined when the like of it has been told, or enough. */
  of({ node, reason, stderr }: Death): string | undefined {
    const lines = stderr.slice(-MOST_LINES).map((line) => `  ${printable(line)}`);
    const kind = JSON.stringify([node.replace(/\.\d+$/, ""), reason, stderr.at(-1)]);
    if (this.#told.has(kind) || this.#told.size >= MOST_TOLD) return undefined;
    this.#told.add(kind);
    const more = this.#told.size === 1 ? [`More of it: zpipe logs --name ${this.#run} ${node}`] : [];
    return [`${node} died (${reason})${lines.length > 0 ? ":" : ""}`, ...lines, ...more].join("\n");
  }
}
