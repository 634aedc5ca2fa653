import type { Gateway } from "./gateway.js";
import { JSON_TYPE, type Responder } from "./responder.js";
import type { Handler } from "./route-handler.js";

/** Tells whoever balances load whether requests are taken here. */
export function healthHandler(gateway: Gateway, responder: Responder): Handler {
  return (_, reply) => {
    const status = gateway.state();
    const headers = { "content-type": JSON_TYPE, "cache-control": "no-store" };
    const payload = JSON.stringify({ status });
    if (status === "ready") responder.send(reply, 200, headers, payload);
    else responder.send(reply, 503, { ...headers, "retry-after": "1" }, payload);
  };
}
