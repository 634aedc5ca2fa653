import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** A request that waits for the graph. */
export interface Waiting {
  /** The client hung up. */
  cancel(): void;
}

/** One client's socket; several of its requests may wait at a time (pipelining). */
export interface Connection {
  readonly socket: Socket;
  /** In the order of their requests; an array, since a Set makes itself anew every few deletions. */
  readonly waiting: Waiting[];
  /** The response to the latest request; answers leave in order, so when it has left, all have. */
  newest: ServerResponse | undefined;
}

const kConnection = Symbol("connection");
type TrackedSocket = Socket & { [kConnection]?: Connection };

/**
 * The open connections. One close listener a socket serves all its requests: a response's own `close` is more to set up,
 * and is not emitted for pipelined requests whose turn has not come.
 */
export class Connections {
  readonly #open = new Set<Connection>();

  add(socket: TrackedSocket): void {
    const connection: Connection = { socket, waiting: [], newest: undefined };
    socket[kConnection] = connection;
    this.#open.add(connection);
    socket.once("close", () => {
      this.#open.delete(connection);
      for (const request of connection.waiting.splice(0)) request.cancel();
    });
  }

  of(socket: TrackedSocket): Connection {
    return socket[kConnection]!;
  }

  /**
   * Ends the connections with nothing to answer, those that never sent a request included. (Node's own
   * closeIdleConnections spares the latter, and cuts off responses that are still being flushed.)
   */
  endIdle(): void {
    for (const { newest, socket } of this.#open) {
      if (newest === undefined || newest.writableFinished) socket.destroy();
    }
  }
}
