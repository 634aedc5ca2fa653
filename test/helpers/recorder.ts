/** Records what happens and lets a test wait for it, without polling and without sleeping. */
export class Recorder<T> {
  private readonly items: T[] = [];
  private waiting: { count: number; resolve(items: T[]): void } | undefined;

  get count(): number {
    return this.items.length;
  }

  add(item: T): void {
    this.items.push(item);
    this.check();
  }

  /** The next `count` items, as soon as there are so many; they are not given again. */
  take(count: number): Promise<T[]> {
    return new Promise((resolve) => {
      this.waiting = { count, resolve };
      this.check();
    });
  }

  private check(): void {
    if (!this.waiting || this.items.length < this.waiting.count) return;
    const { count, resolve } = this.waiting;
    this.waiting = undefined;
    resolve(this.items.splice(0, count));
  }
}
