import type { Obstacle } from "../control/obstacle.js";
import type { Source } from "../topology/types.js";

/** Keeps which sources may read: those that come after others wait for them to be finished, or are passed over. */
export class Succession {
  /** Failed jobs of those that have come to their end. */
  readonly #ends = new Map<string, number>();
  readonly #begun = new Set<string>();
  readonly #sources: readonly Source[];

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
  }

  /** A source has come to its end; once more when what was resent has come to its own. */
  finish(source: string, failed: number): void {
    this.#ends.set(source, failed);
  }

  /** Jobs of it are sent again: what waits for it has to wait until they are done. */
  reopen(source: string): void {
    this.#ends.delete(source);
  }

  hasFinished(source: string): boolean {
    return this.#ends.has(source);
  }

  /** Whether it may read. One that has begun goes on, whatever becomes of those before it. */
  begins(name: string): boolean {
    const source = this.#source(name);
    if (!this.#begun.has(name) && source.after.every((before) => this.#letsStart(before, source)))
      this.#begun.add(name);
    return this.#begun.has(name);
  }

  /** Why it is not started: empty for one that has begun, or may yet. */
  obstacles(name: string): readonly Obstacle[] {
    const source = this.#source(name);
    if (this.#begun.has(name) || source.despiteFailures) return [];
    return source.after.flatMap((before): readonly Obstacle[] => {
      const failed = this.#ends.get(before) ?? 0;
      return failed > 0 || this.obstacles(before).length > 0 ? [{ source: before, failed }] : [];
    });
  }

  #letsStart(before: string, { despiteFailures }: Source): boolean {
    const failed = this.#ends.get(before);
    if (failed === undefined) return despiteFailures && this.obstacles(before).length > 0;
    return failed === 0 || despiteFailures;
  }

  #source(name: string): Source {
    return this.#sources.find((source) => source.name === name)!;
  }
}
