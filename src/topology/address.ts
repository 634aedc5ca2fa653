import { isIP } from "node:net";
import type { Kind } from "./kinds.js";
import type { Address } from "./types.js";

export const anAddress: Kind<Address> = {
  expected: 'an address such as "http://127.0.0.1:8080" (http, a host, a port from 0 to 65535)',
  read: (value) => {
    const match =
      typeof value === "string" ? /^http:\/\/(?:\[([^\]]+)\]|([a-z0-9._-]+)):(\d{1,5})\/?$/i.exec(value) : null;
    if (match === null || Number(match[3]) > 65_535) return undefined;
    if (match[1] !== undefined && isIP(match[1]) !== 6) return undefined;
    return { host: match[1] ?? match[2]!, port: Number(match[3]) };
  },
  hint: (value) => (String(value).startsWith("https:") ? "put a proxy that ends TLS in front" : undefined),
};
