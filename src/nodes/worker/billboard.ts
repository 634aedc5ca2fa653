import { ZpipeError } from "../../errors.js";
import { type Advertise as AdvertiseMessage, type Attributes, MAX_ATTRIBUTES_BYTES } from "../../protocol/messages.js";
import { attributesBytes } from "../../protocol/workers.js";
import type { Advertise } from "./handler.js";

/** What a worker advertises: it may say so before it has a proxy to say it to, and has to say it again to each new one. */
export class Billboard {
  /** Undefined: nothing yet. */
  message: AdvertiseMessage | undefined;
  onChange: ((message: AdvertiseMessage) => void) | undefined;
  private text = "";

  readonly advertise: Advertise = (given) => {
    const attributes = attributesOf(given);
    // Handlers may say it with every job, but the proxy need not hear it.
    const text = JSON.stringify(attributes);
    if (text === this.text) return;
    this.text = text;
    this.message = { type: "advertise", attributes };
    this.onChange?.(this.message);
  };
}

/** @throws ZpipeError when it is something else than values by name, or too much */
export function attributesOf(given: unknown): Attributes {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw notAttributes();
  const attributes = Object.entries(given).map(([name, value]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!values.every(isValue)) throw notAttributes(name);
    // In whatever order they come: a cache has the last used first, or last.
    return [name, [...new Set(values.map(String))].sort()] as const;
  });
  const bytes = attributesBytes(attributes);
  if (bytes <= MAX_ATTRIBUTES_BYTES) return attributes;
  throw new ZpipeError(`a worker can advertise ${MAX_ATTRIBUTES_BYTES} bytes at most, not ${bytes}`, {
    code: "bad-advertisement",
    hints: ["Advertise what a job is to be matched by only, such as the names of what is loaded."],
  });
}

function isValue(value: unknown): boolean {
  return ["string", "number", "bigint", "boolean"].includes(typeof value);
}

function notAttributes(name?: string): ZpipeError {
  const what = name === undefined ? "what a worker advertises" : `"${name}", which a worker advertises,`;
  const must = name === undefined ? "values by name" : "a text, a number, a boolean, or a list of such";
  return new ZpipeError(`${what} must be ${must}`, {
    code: "bad-advertisement",
    hints: ['For example { tiles: ["a", "b"] }.'],
  });
}
