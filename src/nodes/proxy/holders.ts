const NOBODY: ReadonlySet<never> = new Set();

/** Who advertises what. */
export class Holders<T> {
  private readonly byValue = new Map<string, Set<T>>();

  /** Values that are advertised. */
  get size(): number {
    return this.byValue.size;
  }

  has(value: string): boolean {
    return this.byValue.has(value);
  }

  of(value: string): ReadonlySet<T> {
    return this.byValue.get(value) ?? NOBODY;
  }

  add(value: string, holder: T): void {
    const holders = this.byValue.get(value);
    if (holders) holders.add(holder);
    else this.byValue.set(value, new Set([holder]));
  }

  /** True when it was the last. */
  remove(value: string, holder: T): boolean {
    const holders = this.byValue.get(value);
    if (!holders?.delete(holder) || holders.size > 0) return false;
    return this.byValue.delete(value);
  }
}
