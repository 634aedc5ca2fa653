import { parse, stringify } from "lossless-json";

/**
 * JSON with exact integers: what a double cannot hold travels as plain digits and is read as a bigint, so a sum is never
 * silently rounded. Everything else is what JSON.stringify and JSON.parse make of it; `undefined` becomes null.
 */
export function encodeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (error) {
    // Only a bigint brings us here in practice; lossless-json writes it, and throws again on what is truly circular.
    if (!(error instanceof TypeError) || !error.message.includes("BigInt")) throw error;
    return stringify(value) ?? "null";
  }
}

/** Digits in a row that are the fewest that can leave the range of exact doubles. */
const LONG = 16;
const INTEGER = /^-?\d+$/;

/** @throws SyntaxError when the text is not JSON. */
export function decodeJson(text: string): unknown {
  return hasLongNumber(text) ? parse(text, undefined, exactNumber) : JSON.parse(text);
}

/** So many digits in a row cover one of the places that are looked at: most of the text is never touched. */
function hasLongNumber(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isDigit(text, at)) continue;
    let start = at;
    while (start > 0 && isDigit(text, start - 1)) start--;
    let end = at + 1;
    while (end < text.length && isDigit(text, end)) end++;
    if (end - start >= LONG) return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function exactNumber(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) || !INTEGER.test(text) ? value : BigInt(text);
}
