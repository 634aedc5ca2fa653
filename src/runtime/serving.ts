import type { SourceSummary } from "../plan/child.js";
import type { FleetOptions } from "./fleet-options.js";
import type { Member } from "./member.js";
import { Succession } from "./succession.js";

/** Lets the owners of a run begin: all at once when the graph is ready, and sources that come after others behind those. */
export class Serving {
  readonly #options: Pick<FleetOptions, "sources" | "onFinished" | "onSkipped">;
  readonly #members: () => readonly Member[];
  readonly #succession: Succession;
  /** Sources of which it is told that they are not started. */
  readonly #skipped = new Set<string>();
  #open = false;

  constructor(options: Pick<FleetOptions, "sources" | "onFinished" | "onSkipped">, members: () => readonly Member[]) {
    this.#options = options;
    this.#members = members;
    this.#succession = new Succession(options.sources);
  }

  /** The graph is ready. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Sources that are not started, since jobs of those before them have failed. */
  get skipped(): ReadonlySet<string> {
    return this.#skipped;
  }

  open(): void {
    this.#open = true;
    for (const member of this.#members()) this.admit(member);
  }

  /** A member that is ready is at work from now on, if the graph is open. */
  admit(member: Member): void {
    if (!this.#open || member.life.state !== "ready") return;
    member.advance({ type: "serving" });
    this.#begin(member);
  }

  /** A source has come to its end: others may begin, or will not. */
  finish(source: string, summary: SourceSummary): void {
    this.#succession.finish(source, summary.failed);
    this.#options.onFinished(source, summary);
    for (const member of this.#members()) this.#begin(member);
    for (const { name, after } of this.#options.sources) {
      const obstacles = after.length === 0 ? [] : this.#succession.obstacles(name);
      if (obstacles.length === 0) this.#skipped.delete(name);
      else if (!this.#skipped.has(name)) {
        this.#skipped.add(name);
        this.#options.onSkipped(name, obstacles);
      }
    }
  }

  /** Jobs of a source are sent again: it is not finished before they are. */
  reopen(source: string): void {
    this.#succession.reopen(source);
  }

  hasFinished(source: string): boolean {
    return this.#succession.hasFinished(source);
  }

  /** Owners that may begin and have not: told as often as one likes. */
  #begin(member: Member): void {
    if (member.life.state !== "running" || !member.ownsRequests) return;
    const sources = member.nodes.filter(({ kind }) => kind === "source").map(({ name }) => name);
    const server = member.nodes.filter(({ kind }) => kind === "server").map(({ name }) => name);
    const finished = sources.filter((name) => this.#succession.hasFinished(name));
    const begun = sources.filter((name) => this.#succession.begins(name) && !finished.includes(name));
    member.child?.send({ type: "serve", nodes: [...server, ...begun], finished });
  }
}
