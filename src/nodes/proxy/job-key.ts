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
  const names = path.split(".");
  return (job) => {
    let value = decoded(job);
    for (const name of names) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
      value = (value as Record<string, unknown>)[name];
    }
    switch (typeof value) {
      case "string":
      case "number":
      case "bigint":
      case "boolean":
        return hash(String(value));
      default:
        return undefined;
    }
  };
}

/** What is no JSON has no fields. */
function decoded(job: Job): unknown {
  try {
    return decodeBody(job);
  } catch {
    return undefined;
  }
}
