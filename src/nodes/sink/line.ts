import { decodeJson, encodeJson } from "../../protocol/json.js";
import type { Train } from "../../protocol/messages.js";
import { type Body, decodeBody, PayloadKind } from "../../protocol/payload.js";

const LINE_END = 0x0a;

/** A value as a line of JSON, without its end. JSON is passed on as it came; bytes, which JSON has no word for, in base64. */
export function lineOf(body: Body): string | Buffer {
  const { kind, payload } = body;
  if (kind === PayloadKind.json) {
    const isLine = typeof payload === "string" ? !payload.includes("\n") : payload.indexOf(LINE_END) < 0;
    // Only what a client has sent and no worker has touched is spread over several lines.
    return isLine ? payload : encodeJson(decodeJson(payload.toString()));
  }
  return encodeJson(plain(decodeBody(body)));
}

/** Each of its payloads is a line as it stands. */
export function areLines({ kind, payloads }: Train): boolean {
  if (kind !== PayloadKind.json) return false;
  // Not the frame: it may hold many trains, and for each all that follows it would be searched.
  const row = payloads.buffer.subarray(payloads.start, payloads.end);
  let areAll = true;
  // The lengths between the payloads may look like line ends, too.
  let next = -1;
  payloads.each((start, end) => {
    const from = start - payloads.start;
    if (next < from) next = row.indexOf(LINE_END, from);
    if (next < 0) next = row.length;
    if (next < end - payloads.start) areAll = false;
  });
  return areAll;
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
