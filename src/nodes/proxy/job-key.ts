import type { Job } from "../../protocol/messages.js";
import { decodeBody } from "../../protocol/payload.js";
import { hash } from "../hash.js";

/** 32 bits that are equal for jobs with equal keys; undefined when the job has no key. */
export type KeyOf = (job: Job) => number | undefined;

/**
 * Reads the key out of the job's value: a text, a number or a boolean.
 * @param path names of fields, such as `user` or `order.user`
 */
export function keyReader(path: string): KeyOf {
  const fieldOf = fieldReader(path);
  return (job) => {
    const text = textOf(fieldOf(job));
    return text === undefined ? undefined : hash(text);
  };
}

/** Reads a field of the job's value; undefined when there is none of that name. */
export function fieldReader(path: string): (job: Job) => unknown {
  const names = path.split(".");
  return (job) => {
    let value = decoded(job);
    for (const name of names) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
      value = (value as Record<string, unknown>)[name];
    }
    return value;
  };
}

/** Of a text, a number or a boolean; undefined for all else. */
export function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    default:
      return undefined;
  }
}

/** What is no JSON has no fields. */
function decoded(job: Job): unknown {
  try {
    return decodeBody(job);
  } catch {
    return undefined;
  }
}
