import type { FastifyReply, FastifyRequest } from "fastify";
import type { Server } from "../../topology/types.js";
import type { Connections } from "./connections.js";
import { announcesTooMuch, checkContent, discardRest, readContent } from "./content.js";
import { Exchange } from "./exchange.js";
import type { Gateway } from "./gateway.js";
import { jobMaker } from "./job.js";
import { outcomeWriter } from "./outcome.js";
import { Refusal } from "./problem.js";
import type { Responder } from "./responder.js";
import { traceparentOf } from "./traceparent.js";
import { writeUnavailable } from "./unavailable.js";

export interface HandlerOptions {
  readonly server: Server;
  readonly gateway: Gateway;
  readonly responder: Responder;
  readonly connections: Connections;
}

export type Handler = (request: FastifyRequest, reply: FastifyReply) => void;

/** Takes the requests of one route through the graph. */
export function routeHandler(index: number, { connections, gateway, responder, server }: HandlerOptions): Handler {
  const route = server.routes[index]!;
  const { timeoutMs } = route;
  const limit = server.maxBodyBytes;
  const takesBody = route.body.kind !== "none";
  const makeJob = jobMaker(route, index);
  const write = outcomeWriter(responder, {
    timeoutMs,
    onTimeout: route.onTimeout ?? server.onTimeout,
    exposeErrors: server.exposeErrors,
  });

  return (request, reply) => {
    try {
      checkContent(request.raw, route.body, limit);
      if (!takesBody) return submit(request, reply, undefined);
    } catch (error) {
      return refuse(request, reply, error);
    }
    readContent(request.raw, limit, (content) => {
      try {
        if (content instanceof Refusal) throw content;
        submit(request, reply, content);
      } catch (error) {
        refuse(request, reply, error);
      }
    });
  };

  function submit({ params, query, raw }: FastifyRequest, reply: FastifyReply, content: Buffer | undefined): void {
    const { body, lane } = makeJob({ params, query, content });
    const traceparent = traceparentOf(raw.headers.traceparent);
    const exchange = new Exchange(reply, connections.of(raw.socket), responder.stats, write);
    const settle = exchange.settle.bind(exchange);
    const submission = gateway.submit({ route: index, body, lane, timeoutMs, traceparent }, settle);
    if (submission.accepted) exchange.begin(submission);
    else writeUnavailable(responder, reply, submission.reason, submission.retryAfterSeconds);
  }

  function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
    if (!(error instanceof Refusal)) {
      responder.bug(reply, error);
      return;
    }
    // A client that was never told to continue may or may not send the body: only a new connection is unambiguous.
    const unsure = request.headers.expect !== undefined && announcesTooMuch(request.raw, limit);
    responder.problem(reply, error.problem, unsure ? { connection: "close" } : {});
    discardRest(request.raw);
  }
}
