import { messageOf } from "../errors.js";
import { decodeJson, encodeJson } from "./json.js";

/** How a payload's bytes are to be read. The numbers are on the wire. */
export const PayloadKind = { json: 0, bytes: 1, parts: 2 } as const;
export type PayloadKind = (typeof PayloadKind)[keyof typeof PayloadKind];

/** UTF-8 text that was never encoded yet (it is written straight into a batch), or bytes. */
export type Payload = string | Buffer;

export interface Body {
  readonly kind: PayloadKind;
  readonly payload: Payload;
}

/** Bytes stay bytes; any other value is JSON. */
export function encodeBody(value: unknown): Body {
  if (value instanceof Uint8Array) {
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { kind: PayloadKind.bytes, payload: bytes };
  }
  return { kind: PayloadKind.json, payload: encodeJson(value) };
}

/** The value that a worker sees. @throws SyntaxError when the payload is not what its kind says. */
export function decodeBody(body: Body): unknown {
  switch (body.kind) {
    case PayloadKind.json:
      return decodeText(textOf(body.payload));
    case PayloadKind.bytes:
      return bytesOf(body.payload);
    case PayloadKind.parts:
      return decodeParts(bytesOf(body.payload));
  }
}

/** A source passes on the lines that it reads unseen: this is where one that is not JSON is found. */
function decodeText(text: string): unknown {
  try {
    return decodeJson(text);
  } catch (error) {
    throw new SyntaxError(`the job is not JSON: ${messageOf(error)}`);
  }
}

export function textOf(payload: Payload): string {
  return typeof payload === "string" ? payload : payload.toString("utf8");
}

export function bytesOf(payload: Payload): Buffer {
  return typeof payload === "string" ? Buffer.from(payload, "utf8") : payload;
}

export function byteLength(payload: Payload): number {
  return typeof payload === "string" ? Buffer.byteLength(payload, "utf8") : payload.length;
}

/** What one stage gave to a join. */
export interface Gathered {
  /** Name of the stage. */
  readonly name: string;
  /** Its value is an array, even of one part or of none. */
  readonly many: boolean;
  readonly parts: readonly Body[];
}

/**
 * Gathers parts into one body without parsing them. JSON parts are spliced into one JSON text; as soon as one is bytes,
 * the body is of kind `parts`: records of u8 flags (bit 0 many, bit 1 bare), u8 kind, u16 name length, u32 payload
 * length (little-endian), name, payload.
 * @param bare the value is the parts themselves (one name only), not an object keyed by name.
 */
export function gather(gathered: readonly Gathered[], bare: boolean): Body {
  for (const { parts } of gathered) {
    for (const part of parts) if (part.kind !== PayloadKind.json) return gatherBytes(gathered, bare);
  }
  if (bare) return { kind: PayloadKind.json, payload: jsonOf(gathered[0]!) };
  let text = "";
  for (const each of gathered) text += `${text === "" ? "{" : ","}${JSON.stringify(each.name)}:${jsonOf(each)}`;
  return { kind: PayloadKind.json, payload: `${text}}` };
}

function jsonOf({ many, parts }: Gathered): string {
  return many ? `[${parts.map((part) => textOf(part.payload)).join(",")}]` : textOf(parts[0]!.payload);
}

function gatherBytes(gathered: readonly Gathered[], bare: boolean): Body {
  const chunks: Buffer[] = [];
  for (const { name, many, parts } of gathered) {
    const nameBytes = Buffer.from(name);
    for (const part of parts) {
      const payload = bytesOf(part.payload);
      const head = Buffer.alloc(8);
      head.writeUInt8((many ? 1 : 0) | (bare ? 2 : 0), 0);
      head.writeUInt8(part.kind, 1);
      head.writeUInt16LE(nameBytes.length, 2);
      head.writeUInt32LE(payload.length, 4);
      chunks.push(head, nameBytes, payload);
    }
  }
  return { kind: PayloadKind.parts, payload: Buffer.concat(chunks) };
}

function decodeParts(bytes: Buffer): unknown {
  const values = new Map<string, { many: boolean; list: unknown[] }>();
  let bare = false;
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) throw new SyntaxError("a gathered part is cut short");
    const flags = bytes.readUInt8(at);
    const kind = bytes.readUInt8(at + 1);
    const nameEnd = at + 8 + bytes.readUInt16LE(at + 2);
    const end = nameEnd + bytes.readUInt32LE(at + 4);
    if (end > bytes.length || kind > PayloadKind.parts) throw new SyntaxError("a gathered part is malformed");
    bare = (flags & 2) !== 0;
    const name = bytes.toString("utf8", at + 8, nameEnd);
    const value = decodeBody({ kind: kind as PayloadKind, payload: bytes.subarray(nameEnd, end) });
    const known = values.get(name);
    if (known) known.list.push(value);
    else values.set(name, { many: (flags & 1) !== 0, list: [value] });
    at = end;
  }
  const entries = [...values].map(([name, { many, list }]): [string, unknown] => [name, many ? list : list[0]]);
  return bare ? entries[0]?.[1] : Object.fromEntries(entries);
}
