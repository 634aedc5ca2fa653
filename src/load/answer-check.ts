import { isDeepStrictEqual } from "node:util";
import type { WrongAnswer } from "../plan/load.js";
import { decodeJson, encodeJson } from "../protocol/json.js";
import { type Payload, textOf } from "../protocol/payload.js";
import type { Sample } from "../topology/types.js";
import type { Reply } from "./ports.js";

const LONGEST_SHOWN = 200;

/** Tells right answers from wrong ones, mostly by comparing bytes with an answer that was found right before. */
export class AnswerCheck {
  private readonly known: (Payload | undefined)[];

  constructor(private readonly samples: readonly Sample[]) {
    this.known = new Array(samples.length).fill(undefined);
  }

  isRight(sample: number, { status, body }: Reply): boolean {
    const expected = this.samples[sample]!;
    if (status !== expected.status) return false;
    if (expected.answer === undefined) return true;
    const known = this.known[sample];
    if (known !== undefined && isSame(known, body)) return true;
    if (!matches(textOf(body), expected.answer.value)) return false;
    // A copy: the bytes may lie in a buffer that is used again, or keeps a whole batch alive.
    this.known[sample] = typeof body === "string" ? body : Buffer.from(body);
    return true;
  }

  describe(sample: number, { status, body }: Reply): WrongAnswer {
    const { method, target, status: wanted, answer } = this.samples[sample]!;
    const expected = answer === undefined ? `${wanted}` : `${wanted} ${encodeJson(answer.value)}`;
    return { request: `${method} ${target}`, expected: cut(expected), got: cut(`${status} ${textOf(body)}`) };
  }
}

function isSame(a: Payload, b: Payload): boolean {
  return typeof a === "string" || typeof b === "string" ? a === b : a.equals(b);
}

/** As JSON values, whatever the order of keys; a string may also be the text itself. */
export function matches(text: string, value: unknown): boolean {
  if (text === value) return true;
  try {
    return isDeepStrictEqual(decodeJson(text), value);
  } catch {
    return false;
  }
}

function cut(text: string): string {
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}
