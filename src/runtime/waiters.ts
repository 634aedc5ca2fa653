/** Lets code wait for a condition over state that changes by events. */
export class Waiters {
  readonly #waiting = new Set<() => void>();

  /** Resolves when the condition holds, and rejects when it throws; looked at now and after every change. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        try {
          if (!condition()) return;
          resolve();
        } catch (error) {
          reject(error);
        }
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Whether the condition came to hold before the time had passed. */
  async within(ms: number, condition: () => boolean): Promise<boolean> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.changed();
    }, ms);
    await this.until(() => late || condition());
    clearTimeout(timer);
    return condition();
  }

  changed(): void {
    for (const look of [...this.#waiting]) look();
  }
}
