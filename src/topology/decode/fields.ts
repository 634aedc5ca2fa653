import { aBoolean, aString, aWholeNumber } from "../kinds.js";
import { didYouMean } from "../nearest.js";
import { below, type Located, type Problem } from "../problem.js";
import { show } from "../show.js";
import { isData, Table } from "../table.js";
import type { Field, ScalarType } from "../types.js";
import { checkLimits, decodeDefault, decodeEnum, decodeLimit } from "./field-values.js";

const TYPES: readonly ScalarType[] = ["integer", "bigint", "number", "string", "boolean", "json"];
type Source = "params" | "query" | "body";

/** The table of fields under `params`, `query` or `body`; none when it is missing. */
export function decodeFields(route: Table, key: Source, problems: Problem[]): readonly Field[] {
  const table = route.table(key, key);
  if (table === undefined) return [];
  return table.keys().map((name) => decodeField(name, table.at(name), key, problems));
}

/** An undeclared path parameter. */
export function stringField(name: string): Field {
  return fieldOf(name, { type: "string", array: false, optional: false });
}

function decodeField(name: string, located: Located, source: Source, problems: Problem[]): Field {
  if (!isData(located.value)) return fieldOf(name, decodeType(name, located, source, problems));
  const table = new Table(located.value, located, name, problems);
  if (!table.has("type")) table.missing("type");
  const type = table.has("type") ? decodeType("type", table.at("type"), source, problems) : STRING;
  const optional = table.get("optional", aBoolean, false) || type.optional;
  const field: Field = {
    ...fieldOf(name, { ...type, optional }),
    min: decodeLimit(table, "min", type.type),
    max: decodeLimit(table, "max", type.type),
    enum: decodeEnum(table, type.type),
    maxItems: table.get("max_items", aWholeNumber(1), undefined),
  };
  checkLimits(table, field);
  const value = decodeDefault(table, field);
  if (source === "params" && (optional || table.has("default"))) {
    table.problem([optional ? "optional" : "default"], `${name} is a part of the path, so it is always there`);
  }
  table.finish();
  return { ...field, default: value, required: field.required && value === undefined };
}

interface FieldType {
  readonly type: ScalarType;
  readonly array: boolean;
  readonly optional: boolean;
}

const STRING: FieldType = { type: "string", array: false, optional: false };

function fieldOf(name: string, { type, array, optional }: FieldType): Field {
  const required = !optional;
  return {
    name,
    type,
    array,
    required,
    default: undefined,
    min: undefined,
    max: undefined,
    enum: undefined,
    maxItems: undefined,
  };
}

/** `"integer"`, `"integer[]"`, `"string?"`, `"number[]?"` */
function decodeType(key: string, located: Located, source: Source, problems: Problem[]): FieldType {
  const text = aString.read(located.value);
  const [, word = "", brackets, mark] = /^(\w+)(\[\])?(\?)?$/.exec(text ?? "") ?? [];
  const type = TYPES.find((name) => name === word);
  const problem = (message: string, hint?: string): FieldType => {
    problems.push({ ...below(located), message, hint });
    return STRING;
  };
  if (type === undefined) {
    const message = `${key} must be a type such as "integer", "string?" or "number[]", not ${show(located.value)}`;
    return problem(message, didYouMean(word, TYPES) ?? `the types are ${TYPES.join(", ")}`);
  }
  if (type === "json" && source !== "body") return problem(`${key} cannot be json: only a body can hold it`);
  if (source === "params" && (brackets !== undefined || mark !== undefined)) {
    return problem(`${key} is a part of the path: exactly one value, always there`, `write "${type}"`);
  }
  return { type, array: brackets !== undefined, optional: mark !== undefined };
}
