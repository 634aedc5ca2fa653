import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { announcesTooMuch } from "./content.js";

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Against clients that send a byte now and then; a body of the default limit passes at 10 kB/s. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 120_000;
const CHECK_INTERVAL_MS = 2_000;
/** Longer than the idle timeout of common load balancers (60 s), so that they, not we, end a connection. */
const KEEP_ALIVE_MS = 72_000;

export function createNodeServer(listener: Listener, maxBodyBytes: number): Server {
  const options = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const server = createServer(options, listener);
  // A client that asks first is spared sending what would be refused for its size.
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    if (!announcesTooMuch(request, maxBodyBytes)) response.writeContinue();
    listener(request, response);
  });
  // Any other expectation may be ignored (RFC 9110); Node would answer it with an empty 417.
  server.on("checkExpectation", listener);
  return server;
}
