import { didYouMean } from "./nearest.js";
import { orList, quoted } from "./show.js";
import { parseDuration, parseSize } from "./units.js";

/** What a value must be, in words and in code. */
export interface Kind<T> {
  /** Completes `timeout must be …`. */
  readonly expected: string;
  /** The value decoded, or undefined when it is something else. */
  read(value: unknown): T | undefined;
  hint?(value: unknown): string | undefined;
}

export const aString: Kind<string> = {
  expected: "a string that is not empty",
  read: (value) => (typeof value === "string" && value !== "" ? value : undefined),
};

/** May be empty. */
export const aText: Kind<string> = {
  expected: "a string",
  read: (value) => (typeof value === "string" ? value : undefined),
};

export const aBoolean: Kind<boolean> = {
  expected: "true or false",
  read: (value) => (typeof value === "boolean" ? value : undefined),
};

export const aNumber: Kind<number> = {
  expected: "a number",
  read: (value) => {
    const number = typeof value === "bigint" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? number : undefined;
  },
};

export const aDuration: Kind<number> = {
  expected: 'a duration such as "250ms", "2s", "5m" or "1h"',
  read: (value) => (typeof value === "string" ? parseDuration(value) : undefined),
};

export const aSize: Kind<number> = {
  expected: 'a size such as "100B", "64KiB", "1MiB" or "2GiB"',
  read: (value) => (typeof value === "string" ? parseSize(value) : aWholeNumber(1).read(value)),
};

export const aPlainPath: Kind<string> = {
  expected: 'a path without parameters, such as "/health"',
  read: (value) => (typeof value === "string" && /^\/[\w.~/-]*$/.test(value) ? value : undefined),
};

export const strings: Kind<readonly string[]> = {
  expected: "an array of strings, none of them empty",
  read: (value) =>
    Array.isArray(value) && value.every((item) => aString.read(item) !== undefined) ? value : undefined,
};

/** Whole numbers come from the parser as `bigint`; `2.0` is not one. */
export function aWholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): Kind<number> {
  return {
    expected:
      max === Number.MAX_SAFE_INTEGER ? `a whole number, ${min} or more` : `a whole number from ${min} to ${max}`,
    read: (value) => (typeof value === "bigint" && value >= min && value <= max ? Number(value) : undefined),
  };
}

export function oneOf<T extends string>(options: readonly T[]): Kind<T> {
  return {
    expected: orList(quoted(options)),
    read: (value) => options.find((option) => option === value),
    hint: (value) => (typeof value === "string" ? didYouMean(value, options) : undefined),
  };
}
