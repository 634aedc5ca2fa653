import { chmod } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { unreachable } from "../errors.js";
import type { Control, RunEvent, WatchOptions } from "./types.js";
import { type Call, decodeRequest, type Response, toWireError } from "./wire.js";

export interface ControlServer {
  /** Takes no more requests; resolves when those under way are answered. */
  close(): Promise<void>;
}

/** A client that does not read its answer is not waited for any longer. */
const HANG_UP_MS = 1_000;
const MOST_UNREAD_BYTES = 1024 * 1024;

/** Lets `control` be used through a unix socket, by this user only. */
export async function serveControl(control: Control, socketPath: string): Promise<ControlServer> {
  const connections = new Set<Connection>();
  const server = createServer((socket) => {
    const connection = new Connection(control, socket);
    connections.add(connection);
    socket.once("close", () => connections.delete(connection));
  });
  await listen(server, socketPath);
  await chmod(socketPath, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.end();
        setTimeout(() => {
          for (const connection of connections) connection.destroy();
        }, HANG_UP_MS).unref();
      }),
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
}

class Connection {
  readonly #control: Control;
  readonly #socket: Socket;
  #underWay = 0;
  #ending = false;

  constructor(control: Control, socket: Socket) {
    this.#control = control;
    this.#socket = socket;
    // A client that goes away is no fault of the run.
    socket.on("error", () => socket.destroy());
    const lines = createInterface({ input: socket });
    lines.on("line", (line) => void this.#onLine(line));
    // readline repeats the errors of its input.
    lines.on("error", () => {});
  }

  /** Closes it when all its requests are answered. */
  end(): void {
    this.#ending = true;
    if (this.#underWay === 0) this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #onLine(line: string): Promise<void> {
    this.#underWay += 1;
    let id = 0;
    try {
      const request = decodeRequest(line);
      id = request.id;
      if (request.call.method === "watch") this.#watch(id, request.call.options);
      else this.#send({ id, result: (await perform(this.#control, request.call)) ?? {} });
    } catch (error) {
      this.#send({ id, error: toWireError(error) });
    }
    this.#underWay -= 1;
    if (this.#ending) this.end();
  }

  #watch(id: number, options: WatchOptions | undefined): void {
    this.#send({ id, result: {} });
    const unwatch = this.#control.watch((event) => this.#send({ id, event }), options);
    this.#socket.once("close", unwatch);
  }

  #send(response: Response): void {
    // A watcher that reads too slowly misses all but what is rare; it shall not fill the memory.
    if ("event" in response && this.#socket.writableLength > mostUnread(response.event)) return;
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(response)}\n`);
  }
}

function mostUnread({ type }: RunEvent): number {
  if (type === "state") return Number.POSITIVE_INFINITY;
  return type === "lifecycle" ? 4 * MOST_UNREAD_BYTES : MOST_UNREAD_BYTES;
}

function perform(control: Control, call: Exclude<Call, { readonly method: "watch" }>): Promise<unknown> {
  switch (call.method) {
    case "snapshot":
      return control.snapshot();
    case "scale":
      return control.scale(call.changes);
    case "restart":
      return control.restart(call.node);
    case "kill":
      return control.kill(call.node);
    case "resend":
      return control.resend(call.letters);
    case "trace":
      return control.trace(call.request);
    case "slowest":
      return control.slowest(call.count);
    case "stop":
      return control.stop(call.options);
    default:
      return unreachable(call);
  }
}
