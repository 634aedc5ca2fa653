/** Gathered up to so much before it is written: a long log is many lines. */
const BLOCK_CHARACTERS = 64 * 1024;

/** Standard output of a command that goes on until somebody has had enough: Ctrl-C, or a reader that goes away. */
export class StreamOutput {
  readonly #enough = new AbortController();
  readonly #onSignal = () => this.#enough.abort();
  #gathered: string[] = [];
  #length = 0;
  #scheduled: NodeJS.Immediate | undefined;

  constructor() {
    for (const name of SIGNALS) process.on(name, this.#onSignal);
    // EPIPE: `| head` has what it wants. Other errors are told by the process as it sees fit.
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") this.#enough.abort();
    });
  }

  /** Aborted: nobody reads any more. */
  get signal(): AbortSignal {
    return this.#enough.signal;
  }

  get wanted(): boolean {
    return !this.signal.aborted;
  }

  write(text: string): void {
    this.#gathered.push(text);
    this.#length += text.length;
    if (this.#length >= BLOCK_CHARACTERS) this.#flush();
    else this.#scheduled ??= setImmediate(() => this.#flush());
  }

  /** Writes what is left. */
  end(): void {
    this.#flush();
    for (const name of SIGNALS) process.off(name, this.#onSignal);
  }

  #flush(): void {
    if (this.#scheduled) clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const text = this.#gathered.join("");
    this.#gathered = [];
    this.#length = 0;
    if (this.wanted && text !== "") process.stdout.write(text);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
