import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { AccessLogFile, Server } from "../../topology/types.js";
import { AccessLog } from "./access-log.js";
import { createApp } from "./app.js";
import { clientErrorHandler } from "./client-errors.js";
import { Connections } from "./connections.js";
import type { Gateway } from "./gateway.js";
import { bracketed, listenError } from "./listen-error.js";
import { createNodeServer } from "./node-server.js";
import { Responder } from "./responder.js";
import { type HttpStats, newStats } from "./stats.js";

export type { HttpStats } from "./stats.js";

export interface HttpServer {
  /** `http://127.0.0.1:8080`, with the real port when the topology says 0. */
  readonly url: string;
  readonly stats: HttpStats;
  /** Stops accepting, ends idle connections at once, and lets running requests finish. */
  close(): Promise<void>;
}

/** Opens the HTTP entry of the graph; requests are served, or refused by the gateway, as soon as it returns. */
export async function createHttpServer(server: Server, gateway: Gateway): Promise<HttpServer> {
  const stats = newStats();
  const connections = new Connections();
  let closed: Promise<void> | undefined;
  const ending = () => closed !== undefined || gateway.state() === "draining";
  const accessLog = server.accessLog && (await openAccessLog(server.accessLog));
  const responder = new Responder({ stats, connections, ending, accessLog, hooked: server.cors !== undefined });

  const app = await createApp({
    server,
    gateway,
    responder,
    connections,
    clientErrorHandler: clientErrorHandler(connections, stats, accessLog),
    serverFactory: (handler) => {
      const node = createNodeServer((request, response) => {
        stats.received += 1;
        accessLog?.follow(request, response);
        connections.of(request.socket).newest = response;
        handler(request, response);
      }, server.maxBodyBytes);
      node.on("connection", (socket) => connections.add(socket));
      node.closeIdleConnections = () => connections.endIdle();
      return node;
    },
  });
  await listen(app, server);
  return {
    url: `http://${bracketed(server.host)}:${(app.server.address() as AddressInfo).port}`,
    stats,
    close: () => {
      closed ??= close(app, connections).finally(() => accessLog?.close());
      return closed;
    },
  };
}

/** Loaded only when it is wanted. */
async function openAccessLog(target: AccessLogFile): Promise<AccessLog> {
  const { LineFile } = await import("./line-file.js");
  return new AccessLog(await LineFile.open(target.file), target.format);
}

/**
 * Connections that wait to be accepted while the server is busy: one more is reset, which says less than a 503. Linux
 * allows so many by itself (net.core.somaxconn).
 */
const BACKLOG = 4096;

async function listen(app: FastifyInstance, { host, port }: Server): Promise<void> {
  try {
    await app.listen({ host, port, backlog: BACKLOG });
  } catch (error) {
    await app.close();
    throw listenError(error, host, port);
  }
}

const SWEEP_MS = 50;

/** The last request on a connection may have been answered, keep-alive, before we knew that it was the last. */
async function close(app: FastifyInstance, connections: Connections): Promise<void> {
  const sweep = setInterval(() => connections.endIdle(), SWEEP_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}
