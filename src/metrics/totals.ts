/** Adds up counters that start again from 0 whenever the process that keeps them is started again. */
export class Totals {
  readonly #counters = new Map<string, { readonly life: number; readonly value: number; readonly before: number }>();

  /** `life` numbers the lives of the process that counts; what an earlier life counted stays in the total. */
  observe(name: string, life: number, value: number): void {
    const last = this.#counters.get(name);
    const before = last === undefined ? 0 : last.life === life ? last.before : last.before + last.value;
    this.#counters.set(name, { life, value, before });
  }

  /** Totals by name, of what is silent just now too. */
  all(): Map<string, number> {
    return new Map([...this.#counters].map(([name, { before, value }]) => [name, before + value]));
  }
}
