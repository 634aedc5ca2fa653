import type { FastifyReply } from "fastify";
import type { GatewayState } from "./gateway.js";
import type { Responder } from "./responder.js";

const DETAILS: Readonly<Record<GatewayState | "busy", string>> = {
  busy: "as many requests are in the graph as it takes",
  starting: "the graph is starting",
  draining: "the graph is shutting down",
  ready: "the graph does not take this request now",
};

export function writeUnavailable(
  responder: Responder,
  reply: FastifyReply,
  reason: GatewayState | "busy",
  retryAfterSeconds: number,
): void {
  const headers = {
    "retry-after": String(Math.max(1, Math.ceil(retryAfterSeconds))),
    ...(reason === "draining" ? { connection: "close" } : {}),
  };
  responder.problem(reply, { status: 503, detail: DETAILS[reason] }, headers);
}
