import type { ReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { AccessLogFormat } from "../../topology/types.js";
import { type Access, combinedLine, jsonLine } from "./access-lines.js";
import type { LineFile } from "./line-file.js";

/** As nginx has it: the client closed the connection before it was answered. */
const CLIENT_GONE = 499;

const kContent = Symbol("content");
type Noted = ServerResponse & { [kContent]?: number | ReadStream };

/** Notes of what the content of a response consists: its bytes, or the file they are read from. */
export function noteContent(response: Noted, content: number | ReadStream): void {
  response[kContent] = content;
}

/** A line for each request, when its response has left or its client has. */
export class AccessLog {
  readonly #file: LineFile;
  readonly #lineOf: (access: Access) => string;

  constructor(file: LineFile, format: AccessLogFormat) {
    this.#file = file;
    this.#lineOf = format === "json" ? jsonLine : combinedLine;
  }

  follow(request: IncomingMessage, response: ServerResponse): void {
    const time = Date.now();
    const start = performance.now();
    // Once the socket has closed it does not tell any more.
    const remote = request.socket.remoteAddress;
    response.once("close", () => {
      const { headers, httpVersion, method, url } = request;
      this.#add({
        remote,
        time,
        request: { method: method ?? "", target: url ?? "", version: httpVersion },
        status: response.headersSent ? response.statusCode : CLIENT_GONE,
        bytes: bytesOf(method, response),
        referer: headers.referer,
        userAgent: headers["user-agent"],
        ms: performance.now() - start,
      });
    });
  }

  /** What never became a request. */
  refused({ remoteAddress: remote }: Socket, status: number, bytes: number): void {
    const nothing = { request: undefined, referer: undefined, userAgent: undefined, ms: 0 };
    this.#add({ remote, time: Date.now(), status, bytes, ...nothing });
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #add(access: Access): void {
    this.#file.add(this.#lineOf(access));
  }
}

function bytesOf(method: string | undefined, response: Noted): number {
  const content = response[kContent];
  if (method === "HEAD" || content === undefined) return 0;
  if (typeof content !== "number") return content.bytesRead;
  return response.writableFinished ? content : 0;
}
