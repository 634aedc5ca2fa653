import type { Agent } from "node:http";
import { ask, type Question } from "./http.js";
import { Random } from "./random.js";

export interface OpenLoadOptions {
  readonly perSecond: number;
  /** The n-th; all are different, so that an answer given to another client is seen. */
  readonly question: (n: number) => Question;
  /** The share of clients that hang up before they have their answer. */
  readonly hangUp?: number;
  /** A client hangs up after at most so long. */
  readonly patienceMs?: number;
  readonly seed?: number;
  /** Each on a connection of its own if there is none. */
  readonly agent?: Agent;
}

export interface Unserved {
  readonly path: string;
  readonly outcome: string;
  /** When it asked, and when it knew: as performance.now() has it. */
  readonly from: number;
  readonly to: number;
}

/** Clients that come at their own pace, however long the answers take, and what became of them. */
export class OpenLoad {
  asked = 0;
  /** By what each got: "right", "wrong", another status, "hung up", or the code of the error that broke it off. */
  readonly got: Record<string, number> = {};
  readonly wrong: string[] = [];
  /** All that got neither the right answer nor left before it. */
  readonly unserved: Unserved[] = [];
  /** A 503 has to say when to come again. */
  unexplained = 0;
  readonly #startedAt = performance.now();
  readonly #options: OpenLoadOptions;
  readonly #random: Random;
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();

  constructor(
    private readonly url: string,
    options: OpenLoadOptions,
  ) {
    this.#options = options;
    this.#random = new Random(options.seed ?? 1);
    this.#timer = setInterval(() => this.#arrive(), 5);
  }

  get waiting(): number {
    return this.#open.size;
  }

  /** No more come; resolves when each has got what it gets. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  #arrive(): void {
    const due = Math.floor(((performance.now() - this.#startedAt) / 1000) * this.#options.perSecond);
    while (this.asked < due) {
      const from = performance.now();
      const question = this.#options.question(this.asked++);
      const client = this.#client(question).then((outcome) => {
        this.got[outcome] = (this.got[outcome] ?? 0) + 1;
        if (outcome !== "right" && outcome !== "hung up") {
          this.unserved.push({ path: question.path, outcome, from, to: performance.now() });
        }
        this.#open.delete(client);
      });
      this.#open.add(client);
    }
  }

  async #client({ path, answer }: Question): Promise<string> {
    const { agent, hangUp = 0, patienceMs = 100 } = this.#options;
    const leaving = new AbortController();
    const leaves = this.#random.next() < hangUp;
    const timer = leaves ? setTimeout(() => leaving.abort(), this.#random.int(patienceMs)) : undefined;
    try {
      const { status, headers, text } = await ask(this.url + path, { signal: leaving.signal, ...(agent && { agent }) });
      if (status === 503 && headers["retry-after"] === undefined) this.unexplained++;
      if (status !== 200) return String(status);
      if (text === JSON.stringify(answer)) return "right";
      this.wrong.push(`${path}: ${text}`);
      return "wrong";
    } catch (error) {
      return leaving.signal.aborted ? "hung up" : ((error as NodeJS.ErrnoException).code ?? String(error));
    } finally {
      // Its connection may be somebody else's by now.
      clearTimeout(timer);
    }
  }
}
