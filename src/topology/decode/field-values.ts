import { aBoolean, aNumber, aText, type Kind } from "../kinds.js";
import { orList, show } from "../show.js";
import type { Table } from "../table.js";
import type { Field, ScalarType } from "../types.js";

const NUMERIC: readonly ScalarType[] = ["integer", "bigint", "number"];
const ENUMERABLE: readonly ScalarType[] = ["integer", "number", "string"];

const anInteger: Kind<number> = {
  expected: "an integer",
  read: (value) => (typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : undefined),
};

/** What a literal of each type is in TOML. A bigint stays one, so that it is exact. */
const LITERALS: Readonly<Record<ScalarType, Kind<unknown>>> = {
  integer: anInteger,
  bigint: { expected: "an integer", read: (value) => (typeof value === "bigint" ? value : undefined) },
  number: aNumber,
  string: aText,
  boolean: aBoolean,
  json: {
    expected: "a string, a number or a boolean",
    read: (value) => aText.read(value) ?? aNumber.read(value) ?? aBoolean.read(value),
  },
};

export function decodeLimit(table: Table, key: "min" | "max", type: ScalarType): number | undefined {
  if (!table.has(key)) return undefined;
  if (!NUMERIC.includes(type)) {
    table.problem([key], `a field of type ${type} has no ${key}`);
    return undefined;
  }
  return table.get(key, aNumber, undefined);
}

export function decodeEnum(table: Table, type: ScalarType): readonly (string | number)[] | undefined {
  if (!table.has("enum")) return undefined;
  if (!ENUMERABLE.includes(type)) {
    table.problem(["enum"], `a field of type ${type} has no enum`);
    return undefined;
  }
  const literal = LITERALS[type];
  const isLiteral = (item: unknown): boolean => literal.read(item) !== undefined;
  const values = table.get(
    "enum",
    {
      expected: `an array with at least one value, each of them ${literal.expected}`,
      read: (list) =>
        Array.isArray(list) && list.length > 0 && list.every(isLiteral) ? (list as unknown[]) : undefined,
    },
    undefined,
  );
  return values?.map((item) => literal.read(item) as string | number);
}

/** Limits that contradict each other or the type. */
export function checkLimits(table: Table, field: Field): void {
  if (field.min !== undefined && field.max !== undefined && field.max < field.min) {
    table.problem(["max"], `max must be at least min, which is ${field.min}, not ${field.max}`);
  }
  if (field.maxItems !== undefined && !field.array) {
    table.problem(["max_items"], "only an array has max_items", `type = "${field.type}[]" would be one`);
  }
}

/** The default, which must itself be a value that the field would accept. */
export function decodeDefault(table: Table, field: Field): unknown {
  if (!table.has("default")) return undefined;
  const literal = LITERALS[field.type];
  if (!field.array) {
    const value = table.get("default", literal, undefined);
    checkAllowed(table, field, ["default"], value);
    return value;
  }
  const list = table.get(
    "default",
    { expected: `an array, each item ${literal.expected}`, read: (value) => readAll(value, literal) },
    undefined,
  );
  for (const [index, value] of (list ?? []).entries()) checkAllowed(table, field, ["default", index], value);
  if (list !== undefined && list.length > (field.maxItems ?? Infinity)) {
    table.problem(["default"], `default has ${list.length} items, but max_items is ${field.maxItems}`);
  }
  return list;
}

function readAll(value: unknown, literal: Kind<unknown>): readonly unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = value.map((item: unknown) => literal.read(item));
  return items.includes(undefined) ? undefined : items;
}

function checkAllowed(table: Table, field: Field, steps: readonly (string | number)[], value: unknown): void {
  if (typeof value === "number" || typeof value === "bigint") {
    const { min, max } = field;
    if (min !== undefined && value < min) table.problem(steps, `default must be at least ${min}, not ${value}`);
    if (max !== undefined && value > max) table.problem(steps, `default must be at most ${max}, not ${value}`);
  }
  const allowed: readonly unknown[] | undefined = field.enum;
  if (value !== undefined && allowed !== undefined && !allowed.includes(value)) {
    table.problem(steps, `default must be ${orList(allowed.map(show))}, not ${show(value)}`);
  }
}
