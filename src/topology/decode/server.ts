import { anAddress } from "../address.js";
import { aBoolean, aDuration, aPlainPath, aSize, aWholeNumber } from "../kinds.js";
import type { Located } from "../problem.js";
import { Table } from "../table.js";
import type { Route, Server } from "../types.js";
import { decodeAccessLog } from "./access-log.js";
import { decodeAnswer } from "./answer.js";
import type { Context } from "./context.js";
import { decodeCors } from "./cors.js";
import { decodeRoute } from "./route.js";
import { decodeStatic } from "./static.js";

const MIB = 1024 ** 2;

/** `[server]`, with the routes of all files. */
export function decodeServer(located: Located, routes: readonly Located[], context: Context): Server | undefined {
  const table = Table.open(located, "[server]", context.problems);
  if (table === undefined) return undefined;
  table.has("routes");
  const timeoutMs = table.get("timeout", aDuration, 30_000);
  const onTimeout = decodeAnswer(table, "on_timeout", context.problems);
  const server: Server = {
    ...table.get("listen", anAddress, { host: "127.0.0.1", port: 8080 }),
    timeoutMs,
    maxInFlight: table.get("max_in_flight", aWholeNumber(1), 1024),
    maxInFlightBytes: table.get("max_in_flight_bytes", aSize, 64 * MIB),
    maxBodyBytes: table.get("max_body", aSize, MIB),
    onTimeout,
    cors: decodeCors(table),
    exposeErrors: table.get("expose_errors", aBoolean, false),
    health: table.get("health", aPlainPath, "/health"),
    static: decodeStatic(table, context),
    accessLog: decodeAccessLog(table),
    routes: routes.flatMap((route): readonly Route[] => decodeRoute(route, { timeoutMs, onTimeout }, context)),
  };
  table.finish();
  context.origins.set(server, located);
  return server;
}
