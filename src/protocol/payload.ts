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
      return decodeJson(textOf(body.payload));
    case PayloadKind.bytes:
      return bytesOf(body.payload);
    case PayloadKind.parts:
      return decodeParts(bytesOf(body.payload));
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

/** One gathered value of a join: under the name of the stage that sent it. */
export interface Part extends Body {
  readonly name: string;
  /** The name's value is an array: the part was scattered, or is one of several of that name. */
  readonly many: boolean;
}

/**
 * Gathers parts into one body without parsing them. JSON parts are spliced into one JSON text; as soon as one is bytes,
 * the body is of kind `parts`: records of u8 flags (bit 0 many, bit 1 bare), u8 kind, u16 name length, u32 payload
 * length (little-endian), name, payload.
 * @param bare the value is the parts themselves (one name only), not an object keyed by name.
 */
export function gatherParts(parts: readonly Part[], bare: boolean): Body {
  if (parts.every((part) => part.kind === PayloadKind.json)) {
    const names = groupByName(parts).map(([name, group]) => {
      const texts = group.map((part) => textOf(part.payload)).join(",");
      const value = group[0]!.many ? `[${texts}]` : texts;
      return bare ? value : `${JSON.stringify(name)}:${value}`;
    });
    return { kind: PayloadKind.json, payload: bare ? (names[0] ?? "[]") : `{${names.join(",")}}` };
  }
  const chunks: Buffer[] = [];
  for (const part of parts) {
    const name = Buffer.from(part.name);
    const payload = bytesOf(part.payload);
    const head = Buffer.alloc(8);
    head.writeUInt8((part.many ? 1 : 0) | (bare ? 2 : 0), 0);
    head.writeUInt8(part.kind, 1);
    head.writeUInt16LE(name.length, 2);
    head.writeUInt32LE(payload.length, 4);
    chunks.push(head, name, payload);
  }
  return { kind: PayloadKind.parts, payload: Buffer.concat(chunks) };
}

function decodeParts(bytes: Buffer): unknown {
  const parts: Part[] = [];
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
    parts.push({ name, many: (flags & 1) !== 0, kind: kind as PayloadKind, payload: bytes.subarray(nameEnd, end) });
    at = end;
  }
  const values = groupByName(parts).map(([name, group]): [string, unknown] => {
    const decoded = group.map(decodeBody);
    return [name, group[0]!.many ? decoded : decoded[0]];
  });
  return bare ? values[0]?.[1] : Object.fromEntries(values);
}

function groupByName(parts: readonly Part[]): [string, Part[]][] {
  const groups = new Map<string, Part[]>();
  for (const part of parts) {
    const group = groups.get(part.name);
    if (group) group.push(part);
    else groups.set(part.name, [part]);
  }
  return [...groups];
}
