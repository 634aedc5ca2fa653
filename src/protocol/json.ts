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

/** Sixteen digits in a row are the fewest that can leave the range of exact doubles. */
const LONG_NUMBER = /\d{16}/;
const INTEGER = /^-?\d+$/;

/** @throws SyntaxError when the text is not JSON. */
export function decodeJson(text: string): unknown {
  return text.length >= 16 && LONG_NUMBER.test(text) ? parse(text, undefined, exactNumber) : JSON.parse(text);
}

function exactNumber(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) || !INTEGER.test(text) ? value : BigInt(text);
}
