import { isIPv4 } from "node:net";
import { dirname, resolve } from "node:path";
import { aBoolean, aDuration, aString, aWholeNumber, type Kind } from "../kinds.js";
import { BEACON_PORT } from "../network.js";
import type { Located } from "../problem.js";
import { Table } from "../table.js";
import type { Discovery } from "../types.js";
import type { Context } from "./context.js";

const SHORTEST_INTERVAL_MS = 100;
const MOST_WORKERS = 10_000;

/** `[discovery]`: a topology without it is not to be found. */
export function decodeDiscovery(located: Located, context: Context): Discovery | undefined {
  const table = Table.open(located, "[discovery]", context.problems);
  if (table === undefined) return undefined;
  const keys = table.get("keys", aString, undefined);
  const discovery: Discovery = {
    ...table.get("listen", anAddress, { host: "127.0.0.1", port: 0 }),
    keys: keys === undefined ? undefined : resolve(dirname(table.place.file), keys),
    beacon: decodeBeacon(table),
    maxWorkers: table.get("max_workers", aWholeNumber(1, MOST_WORKERS), 256),
  };
  table.finish();
  context.origins.set(discovery, located);
  return discovery;
}

function decodeBeacon(table: Table): Discovery["beacon"] {
  const wanted = table.get("beacon", aBoolean, true);
  const port = table.get("beacon_port", aWholeNumber(1, 65_535), BEACON_PORT);
  const intervalMs = table.get("interval", anInterval, 1000);
  return wanted ? { port, intervalMs } : undefined;
}

const anInterval: Kind<number> = {
  expected: `a duration of ${SHORTEST_INTERVAL_MS}ms or longer, such as "1s"`,
  read: (value) => {
    const ms = aDuration.read(value);
    return ms !== undefined && ms >= SHORTEST_INTERVAL_MS ? ms : undefined;
  },
};

const anAddress: Kind<Pick<Discovery, "host" | "port">> = {
  expected: 'an address such as "tcp://0.0.0.0:5671", "tcp://eth0:*" (an interface, any free port)',
  read: (value) => {
    const match = typeof value === "string" ? /^tcp:\/\/(\*|[a-z0-9._-]+):(\*|\d{1,5})$/i.exec(value) : null;
    if (match === null) return undefined;
    const [, host, port] = match;
    const number = port === "*" ? 0 : Number(port);
    // What looks like an address has to be one.
    if (number > 65_535 || (/^[\d.]+$/.test(host!) && !isIPv4(host!))) return undefined;
    return { host: host === "localhost" ? "127.0.0.1" : host === "0.0.0.0" ? "*" : host!, port: number };
  },
};
