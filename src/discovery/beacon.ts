/** What says that a node is there, or that it goes: a beacon of version 1, as in RFC 36/ZRE. */
export interface Beacon {
  /** 16 bytes in hex: who sends it; new at each start. */
  readonly uuid: string;
  /** Where it takes ZeroMQ connections over TCP, at the address that the beacon came from; 0: it is leaving. */
  readonly port: number;
}

/** `Z`, `R`, `E`, version. */
const HEADER = Buffer.from([0x5a, 0x52, 0x45, 0x01]);
const UUID_BYTES = 16;
const BYTES = HEADER.length + UUID_BYTES + 2;

export function encodeBeacon({ uuid, port }: Beacon): Buffer {
  const bytes = Buffer.alloc(BYTES);
  HEADER.copy(bytes);
  bytes.write(uuid, HEADER.length, UUID_BYTES, "hex");
  bytes.writeUInt16BE(port, HEADER.length + UUID_BYTES);
  return bytes;
}

/** Undefined for anything else: anybody may send to the port, and what is no beacon is ignored in silence. */
export function decodeBeacon(bytes: Buffer): Beacon | undefined {
  if (bytes.length !== BYTES || !bytes.subarray(0, HEADER.length).equals(HEADER)) return undefined;
  const uuid = bytes.toString("hex", HEADER.length, HEADER.length + UUID_BYTES);
  return { uuid, port: bytes.readUInt16BE(HEADER.length + UUID_BYTES) };
}
