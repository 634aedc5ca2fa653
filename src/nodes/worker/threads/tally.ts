/** Counts, and says when it has come so far. */
export class Tally {
  count = 0;
  private readonly waiting: { readonly until: number; readonly resolve: () => void }[] = [];

  add(): void {
    this.count++;
    for (const { until, resolve } of this.waiting) if (this.count >= until) resolve();
  }

  reaches(until: number): Promise<void> {
    if (this.count >= until) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ until, resolve }));
  }
}
