import type { Kind } from "./kinds.js";
import { didYouMean } from "./nearest.js";
import type { Data } from "./parse.js";
import { below, type Located, type Place, type Problem } from "./problem.js";
import { show } from "./show.js";

/** Reads the keys of one table, noting every problem instead of stopping at the first. */
export class Table {
  readonly place: Place;
  readonly #data: Data;
  readonly #title: string;
  readonly #problems: Problem[];
  readonly #known = new Set<string>();

  /** @param title how messages call it, e.g. `[stages.square]` */
  constructor(data: Data, place: Place, title: string, problems: Problem[]) {
    this.#data = data;
    this.place = place;
    this.#title = title;
    this.#problems = problems;
  }

  /** The located value as a table, or undefined and a problem. */
  static open(located: Located, title: string, problems: Problem[]): Table | undefined {
    if (isData(located.value)) return new Table(located.value, located, title, problems);
    problems.push({
      file: located.file,
      path: located.path,
      message: `${title} must be a table, not ${show(located.value)}`,
    });
    return undefined;
  }

  has(key: string): boolean {
    this.#known.add(key);
    return this.#data[key] !== undefined;
  }

  at(key: string): Located {
    this.#known.add(key);
    return { ...below(this.place, key), value: this.#data[key] };
  }

  keys(): readonly string[] {
    return Object.keys(this.#data);
  }

  /** The value of a key; the fallback when it is missing or, with a problem noted, of the wrong kind. */
  get<T, const F>(key: string, kind: Kind<T>, fallback: F): T | F {
    if (!this.has(key)) return fallback;
    const value = this.#data[key];
    const decoded = kind.read(value);
    if (decoded !== undefined) return decoded;
    this.problem([key], `${key} must be ${kind.expected}, not ${show(value)}`, kind.hint?.(value));
    return fallback;
  }

  /** `"a"` or `["a", "b"]`; empty with a problem noted when missing or wrong. */
  names(key: string, what: string): readonly string[] {
    const { value } = this.at(key);
    if (value === undefined) {
      this.missing(key);
      return [];
    }
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const wrong = list.findIndex((item) => typeof item !== "string" || item === "");
    if (wrong === -1 && list.length > 0) return list as readonly string[];
    const found = list.length > 0 ? list[wrong] : value;
    this.problem([key, Math.max(wrong, 0)], `${key} must be ${what} or an array of them, not ${show(found)}`);
    return [];
  }

  table(key: string, title: string): Table | undefined {
    return this.has(key) ? Table.open(this.at(key), title, this.#problems) : undefined;
  }

  missing(key: string, hint?: string): void {
    this.problem([], `${this.#title} needs ${key}`, hint);
  }

  problem(steps: readonly (string | number)[], message: string, hint?: string, other?: Place): void {
    this.#problems.push({ ...below(this.place, ...steps), message, hint, other });
  }

  /** Reports the keys that nobody asked for; call it last. */
  finish(): void {
    for (const key of this.keys()) {
      if (this.#known.has(key)) continue;
      const message = `unknown key "${key}" in ${this.#title}`;
      this.#problems.push({ ...below(this.place, key), message, hint: didYouMean(key, this.#known), at: "key" });
    }
  }
}

export function isData(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
