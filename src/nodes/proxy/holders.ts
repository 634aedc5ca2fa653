const NOBODY: ReadonlySet<never> = new Set();

interface Hold {
  /** All that it is taken to have. */
  readonly values: Set<string>;
  advertised: ReadonlySet<string>;
  loading: readonly Loading[];
}

interface Loading {
  readonly value: string;
  isOver(): boolean;
}

/** Who has which values: who advertises them, or is about to. What changes this returns the values that nobody has any more. */
export class Holders<T> {
  private readonly byValue = new Map<string, Set<T>>();
  private readonly holds = new Map<T, Hold>();

  /** How many values anybody has. */
  get size(): number {
    return this.byValue.size;
  }

  has(value: string): boolean {
    return this.byValue.has(value);
  }

  of(value: string): ReadonlySet<T> {
    return this.byValue.get(value) ?? NOBODY;
  }

  valuesOf(holder: T): ReadonlySet<string> {
    return this.holds.get(holder)?.values ?? NOBODY;
  }

  /** In place of what it advertised before. */
  advertise(holder: T, advertised: ReadonlySet<string>): string[] {
    const hold = this.holdOf(holder);
    hold.advertised = advertised;
    for (const value of advertised) this.add(holder, hold, value);
    return this.dropUnfounded(holder, hold);
  }

  /** It has been given what makes it load the value, and is taken to have it until that is over, or longer if it says so. */
  load(holder: T, value: string, isOver: () => boolean): void {
    const hold = this.holdOf(holder);
    hold.loading = [...hold.loading, { value, isOver }];
    this.add(holder, hold, value);
  }

  /** Something that it was given may be over. */
  settle(holder: T): string[] {
    const hold = this.holds.get(holder);
    if (!hold?.loading.some(({ isOver }) => isOver())) return [];
    hold.loading = hold.loading.filter(({ isOver }) => !isOver());
    return this.dropUnfounded(holder, hold);
  }

  remove(holder: T): string[] {
    const values = [...this.valuesOf(holder)];
    this.holds.delete(holder);
    return values.filter((value) => this.isLast(holder, value));
  }

  private holdOf(holder: T): Hold {
    let hold = this.holds.get(holder);
    if (!hold) {
      hold = { values: new Set(), advertised: NOBODY, loading: [] };
      this.holds.set(holder, hold);
    }
    return hold;
  }

  private add(holder: T, hold: Hold, value: string): void {
    hold.values.add(value);
    const holders = this.byValue.get(value);
    if (holders) holders.add(holder);
    else this.byValue.set(value, new Set([holder]));
  }

  private dropUnfounded(holder: T, { values, advertised, loading }: Hold): string[] {
    const dropped = [...values].filter(
      (value) => !advertised.has(value) && loading.every((each) => each.value !== value),
    );
    for (const value of dropped) values.delete(value);
    return dropped.filter((value) => this.isLast(holder, value));
  }

  /** Takes it from those who have the value. */
  private isLast(holder: T, value: string): boolean {
    const holders = this.byValue.get(value)!;
    holders.delete(holder);
    return holders.size === 0 && this.byValue.delete(value);
  }
}
