import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from "node:http";
import { connect, type Socket } from "node:net";
import { onTestFinished, vi } from "vitest";
import type { Gateway, GatewayState, GraphRequest, Outcome } from "../../../src/nodes/server/gateway.js";
import { createHttpServer, type HttpServer, type HttpStats } from "../../../src/nodes/server/http.js";
import { decodeBody, encodeBody } from "../../../src/protocol/payload.js";
import type { Field, Route, Server } from "../../../src/topology/types.js";

/** Looks again and again until the check passes, for longer than any machine keeps a process waiting. */
export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 1 });
}

export function field(name: string, type: Field["type"], more: Partial<Field> = {}): Field {
  const none = { default: undefined, min: undefined, max: undefined, enum: undefined, maxItems: undefined };
  return { name, type, array: false, required: true, ...none, ...more };
}

export function route(more: Partial<Route> = {}): Route {
  const inputs = { params: [], query: [], body: { kind: "none" } } as const;
  const queueing = { priority: 0, lane: undefined };
  return {
    methods: ["GET"],
    path: "/",
    ...inputs,
    to: ["a"],
    timeoutMs: 1000,
    onTimeout: undefined,
    ...queueing,
    ...more,
  };
}

export function server(routes: readonly Route[], more: Partial<Server> = {}): Server {
  return {
    host: "127.0.0.1",
    port: 0,
    timeoutMs: 1000,
    maxInFlight: 100,
    maxInFlightBytes: 1e6,
    maxBodyBytes: 1000,
    onTimeout: undefined,
    cors: undefined,
    exposeErrors: false,
    health: "/healthz",
    static: undefined,
    accessLog: undefined,
    routes,
    ...more,
  };
}

/** Answers by status, whatever the route. */
export function statusesOf({ answers }: HttpStats): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const each of Object.values(answers))
    for (const [status, count] of Object.entries(each)) sum[status] = (sum[status] ?? 0) + count;
  return sum;
}

export type Respond = (value: unknown, request: GraphRequest) => Outcome | undefined;

export const answer = (value: unknown): Outcome => ({ kind: "answer", body: encodeBody(value), meta: undefined });

/** A graph of one function; what it gives no outcome for waits until the test settles it. */
export class FakeGateway implements Gateway {
  now: GatewayState | "busy" = "ready";
  readonly requests: GraphRequest[] = [];
  readonly settlers: ((outcome: Outcome) => void)[] = [];
  cancels = 0;
  readonly #respond: Respond;

  constructor(respond: Respond = answer) {
    this.#respond = respond;
  }

  state(): GatewayState {
    return this.now === "busy" ? "ready" : this.now;
  }

  submit(request: GraphRequest, settle: (outcome: Outcome) => void) {
    if (this.now !== "ready") return { accepted: false, reason: this.now, retryAfterSeconds: 2 } as const;
    this.requests.push(request);
    this.settlers.push(settle);
    const outcome = this.#respond(decodeBody(request.body), request);
    if (outcome) queueMicrotask(() => settle(outcome));
    const cancel = () => {
      this.cancels += 1;
    };
    return { accepted: true, id: `r${this.requests.length}`, cancel } as const;
  }
}

export interface Served {
  readonly http: HttpServer;
  readonly gateway: FakeGateway;
  readonly port: number;
}

/** Closed when the test is over. */
export async function serve(definition: Server, respond?: Respond): Promise<Served> {
  const gateway = new FakeGateway(respond);
  const http = await createHttpServer(definition, gateway);
  onTestFinished(() => http.close());
  return { http, gateway, port: Number(new URL(http.url).port) };
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** The body as JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Call extends RequestOptions {
  readonly body?: string | Buffer;
}

export function call({ port }: Served, path: string, { body, ...options }: Call = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, path, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString();
        const json = response.headers["content-type"]?.includes("json") && text !== "" ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode!, headers: response.headers, bytes, text, json });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

export function post(served: Served, path: string, body: string | Buffer, type?: string): Promise<Reply> {
  return call(served, path, { method: "POST", body, headers: type === undefined ? {} : { "content-type": type } });
}

/** A socket and all that came over it. */
export class RawClient {
  readonly socket: Socket;
  received = "";
  closed = false;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (chunk) => {
      this.received += chunk.toString("latin1");
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.closed = true;
    });
    onTestFinished(() => {
      this.socket.destroy();
    });
  }

  send(...lines: string[]): this {
    this.socket.write(lines.join("\r\n"));
    return this;
  }
}
