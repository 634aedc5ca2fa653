import type { Field } from "../../topology/types.js";
import { MAX_PROBLEMS, type RequestProblem } from "./problem.js";
import { describeFault, Fault, fromJson, fromText } from "./scalars.js";

export type Place = RequestProblem["in"];
export type Values = Record<string, unknown>;

/** Puts the typed values of `source` into `target`; what cannot be typed is added to `problems`. */
export type FieldsDecoder = (source: Readonly<Values>, target: Values, problems: RequestProblem[]) => void;

export function fieldsDecoder(fields: readonly Field[], place: Place): FieldsDecoder {
  const decoders = fields.map((field) => fieldDecoder(field, place));
  return (source, target, problems) => {
    for (const decode of decoders) decode(source, target, problems);
  };
}

function fieldDecoder(field: Field, place: Place): FieldsDecoder {
  const { name } = field;
  const read = scalarReader(field, place);

  return (source, target, problems) => {
    // A JSON object inherits `constructor` and the like; only what was sent counts.
    const raw = Object.hasOwn(source, name) ? source[name] : undefined;
    if (raw === undefined) {
      if (field.default !== undefined) target[name] = field.default;
      else if (field.required) report(`"${name}" is required`);
    } else if (field.array) readItems(raw, target, problems);
    else readOne(raw, target, problems);

    function report(message: string): void {
      problems.push({ in: place, name, message });
    }
  };

  function readOne(raw: unknown, target: Values, problems: RequestProblem[]): void {
    if (place !== "body" && Array.isArray(raw)) {
      problems.push({ in: place, name, message: `"${name}" takes one value, but was given ${raw.length} times` });
      return;
    }
    const value = read(raw);
    if (!(value instanceof Fault)) target[name] = value;
    else problems.push({ in: place, name, message: `"${name}" ${describeFault(value, raw)}` });
  }

  function readItems(raw: unknown, target: Values, problems: RequestProblem[]): void {
    if (place === "body" && !Array.isArray(raw)) {
      problems.push({ in: place, name, message: `"${name}" must be an array` });
      return;
    }
    // In a URL, one value is an array of one.
    const items: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
    if (field.maxItems !== undefined && items.length > field.maxItems) {
      const message = `"${name}" takes at most ${field.maxItems} items, but has ${items.length}`;
      problems.push({ in: place, name, message });
      return;
    }
    const values = new Array<unknown>(items.length);
    for (let index = 0; index < items.length && problems.length < MAX_PROBLEMS; index++) {
      const value = read(items[index]);
      if (!(value instanceof Fault)) values[index] = value;
      else {
        const message = `"${name}[${index}]" ${describeFault(value, items[index])}`;
        problems.push({ in: place, name, index, message });
      }
    }
    target[name] = values;
  }
}

function scalarReader(field: Field, place: Place): (raw: unknown) => unknown {
  // A URL's values are strings by the time they are here: text is the only thing a query has.
  const read = (place === "body" ? fromJson : fromText)[field.type] as (raw: unknown) => unknown;
  const checks = checksOf(field);
  if (checks.length === 0) return read;
  return (raw) => {
    const value = read(raw);
    return value instanceof Fault ? value : (checks.find((check) => !check.holds(value))?.fault ?? value);
  };
}

interface Check {
  readonly fault: Fault;
  holds(value: unknown): boolean;
}

function checksOf({ type, min, max, enum: allowed }: Field): Check[] {
  const checks: Check[] = [];
  const numeric = type === "integer" || type === "bigint" || type === "number";
  if (numeric && min !== undefined) {
    checks.push({ fault: new Fault(`must be at least ${min}`), holds: (value) => (value as number | bigint) >= min });
  }
  if (numeric && max !== undefined) {
    checks.push({ fault: new Fault(`must be at most ${max}`), holds: (value) => (value as number | bigint) <= max });
  }
  if (allowed !== undefined) {
    const names = allowed.map((value) => JSON.stringify(value)).join(", ");
    const set = new Set<unknown>(allowed);
    checks.push({ fault: new Fault(`must be one of ${names}`), holds: (value) => set.has(value) });
  }
  return checks;
}
