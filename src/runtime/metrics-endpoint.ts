import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf, ZpipeError } from "../errors.js";
import { CONTENT_TYPE, exposition } from "../metrics/prometheus/exposition.js";
import type { Snapshot } from "../metrics/snapshot.js";
import type { Address } from "../topology/types.js";

export interface MetricsEndpoint {
  /** Where they are told: `http://HOST:PORT/metrics`. */
  readonly url: string;
  /** Takes no more scrapes; those under way are cut off. */
  close(): Promise<void>;
}

const PATH = "/metrics";

/** Tells the metrics of a run to whoever asks at an address of their own. */
export async function openMetrics(address: Address, snapshot: () => Promise<Snapshot>): Promise<MetricsEndpoint> {
  const server = createServer((request, response) => void answer(request, response, snapshot));
  await listen(server, address);
  return {
    url: urlOf(server.address() as AddressInfo, address),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  { method = "", url = "" }: IncomingMessage,
  response: ServerResponse,
  snapshot: () => Promise<Snapshot>,
): Promise<void> {
  if (url.replace(/\?.*$/s, "") !== PATH) return end(response, 404, `The metrics are at ${PATH}.\n`);
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return end(response, 405, "The metrics can only be read.\n");
  }
  try {
    const text = await exposition(await snapshot());
    end(response, 200, text, CONTENT_TYPE);
  } catch (error) {
    end(response, 500, `${messageOf(error)}\n`);
  }
}

/** Node leaves out the body of an answer to HEAD by itself. */
function end(response: ServerResponse, status: number, text: string, type = "text/plain; charset=utf-8"): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) }).end(text);
}

function listen(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(notOpened(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function urlOf({ port }: AddressInfo, { host }: Address): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}${PATH}`;
}

function notOpened(cause: NodeJS.ErrnoException, host: string, port: number): ZpipeError {
  const why = cause.code === "EADDRINUSE" ? "the port is in use" : cause.message;
  return new ZpipeError(`the metrics cannot be told at ${host} port ${port}: ${why}`, {
    code: "no-metrics",
    hints: ["Choose another with [metrics] listen or --metrics-port; port 0 takes any free one."],
    cause,
  });
}
