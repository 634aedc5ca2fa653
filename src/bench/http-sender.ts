import { Client, type Dispatcher } from "undici";
import type { Done, LoadPorts } from "../load/ports.js";
import type { LoadOrder } from "../plan/load.js";
import { encodeJson } from "../protocol/json.js";
import type { Sample } from "../topology/types.js";

export interface HttpSender {
  readonly send: LoadPorts["send"];
  close(): Promise<void>;
}

/** Sends samples over connections of its own, each with one request at a time. */
export function httpSender(
  url: string,
  { samples, connections }: Pick<LoadOrder, "samples" | "connections">,
): HttpSender {
  const requests = samples.map(requestOf);
  // Without timers for each request: the load itself gives up what takes too long, and `close` cuts what is stuck.
  const options = { pipelining: 1, headersTimeout: 0, bodyTimeout: 0 };
  const clients = Array.from({ length: connections }, () => new Client(url, options));
  const free = [...clients];
  return {
    send: (sample, done) => {
      const client = free.pop()!;
      client.dispatch(
        requests[sample]!,
        new Exchange((answer) => {
          free.push(client);
          done(answer);
        }),
      );
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.destroy()));
    },
  };
}

function requestOf({ method, target, body }: Sample): Dispatcher.DispatchOptions {
  const request = { path: target, method: method as Dispatcher.HttpMethod };
  if (body === undefined) return request;
  const headers = { "content-type": body.kind === "json" ? "application/json" : body.contentType };
  return { ...request, headers, body: body.kind === "json" ? encodeJson(body.value) : body.text };
}

/** Gathers one answer; the client's own `request` does more for each, and takes twice the time. */
class Exchange implements Dispatcher.DispatchHandler {
  private status = 0;
  private body: Buffer = EMPTY;

  constructor(private readonly done: Done) {}

  onRequestStart(): void {}

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    this.status = status;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.body = this.body.length === 0 ? chunk : Buffer.concat([this.body, chunk]);
  }

  onResponseEnd(): void {
    this.done({ status: this.status, body: this.body });
  }

  onResponseError(): void {
    this.done("connection");
  }
}

const EMPTY = Buffer.alloc(0);
