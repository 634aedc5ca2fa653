import { decodeJson, encodeJson } from "../../protocol/json.js";
import type { ScalarType } from "../../topology/types.js";

/** Why a value was not taken, to be read after the parameter's name. */
export class Fault {
  readonly message: string;
  /** Whether it helps to repeat the value that came. */
  readonly quotes: boolean;

  constructor(message: string, quotes = true) {
    this.message = message;
    this.quotes = quotes;
  }
}

const FAULTS = {
  integer: new Fault("must be an integer"),
  range: new Fault(
    `must be between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}, the largest exact integer; a "bigint" takes any size`,
    false,
  ),
  digits: new Fault("must be an integer written out in digits"),
  number: new Fault("must be a number"),
  finite: new Fault("must be a number that a double can hold"),
  string: new Fault("must be a string"),
  boolean: new Fault('must be "true" or "false"'),
  jsonBoolean: new Fault("must be true or false"),
  json: new Fault("must be JSON"),
} as const;

const DIGITS = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What stands in a URL is text; it becomes a typed value, or a Fault. */
export const fromText: Readonly<Record<ScalarType, (text: string) => unknown>> = {
  integer: (text) => (DIGITS.test(text) ? exact(Number(text)) : FAULTS.integer),
  bigint: (text) => (DIGITS.test(text) ? anySize(text) : FAULTS.integer),
  number: (text) => (DECIMAL.test(text) ? finite(Number(text)) : FAULTS.number),
  string: (text) => text,
  boolean: (text) => {
    if (text === "true" || text === "1") return true;
    return text === "false" || text === "0" ? false : FAULTS.boolean;
  },
  json: (text) => {
    try {
      return decodeJson(text);
    } catch {
      return FAULTS.json;
    }
  },
};

/** What stands in a JSON body has a type already; it is checked, never coerced. */
export const fromJson: Readonly<Record<ScalarType, (value: unknown) => unknown>> = {
  integer: (value) => {
    if (typeof value === "bigint") return FAULTS.range;
    return Number.isInteger(value) ? exact(value as number) : FAULTS.integer;
  },
  bigint: (value) => {
    if (typeof value === "bigint" || Number.isSafeInteger(value)) return value;
    // 1e30 was rounded to a double before it came here.
    return Number.isInteger(value) ? FAULTS.digits : FAULTS.integer;
  },
  number: (value) => {
    if (typeof value === "number" || typeof value === "bigint") return finite(Number(value));
    return FAULTS.number;
  },
  string: (value) => (typeof value === "string" ? value : FAULTS.string),
  boolean: (value) => (typeof value === "boolean" ? value : FAULTS.jsonBoolean),
  json: (value) => value,
};

const LONGEST_QUOTE = 40;

export function describeFault(fault: Fault, value: unknown): string {
  if (!fault.quotes) return fault.message;
  const text = encodeJson(value);
  return `${fault.message}, not ${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}`;
}

function exact(value: number): number | Fault {
  // Adding 0 turns -0, which prints as 0 but is no integer to compare with, into 0.
  return Number.isSafeInteger(value) ? value + 0 : FAULTS.range;
}

function anySize(digits: string): number | bigint {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value + 0;
  return BigInt(digits.startsWith("+") ? digits.slice(1) : digits);
}

function finite(value: number): number | Fault {
  return Number.isFinite(value) ? value : FAULTS.finite;
}
