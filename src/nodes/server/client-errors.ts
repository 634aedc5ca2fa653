import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { AccessLog } from "./access-log.js";
import type { Connections } from "./connections.js";
import { PROBLEM_TYPE, type Problem, problemDocument } from "./problem.js";
import { answersOn, countAnswer, type HttpStats, NO_ROUTE } from "./stats.js";

export type ClientErrorHandler = (error: NodeJS.ErrnoException, socket: Socket) => void;

const LINGER_MS = 500;

/** Answers what never became a request: malformed HTTP, headers without end, a request sent too slowly. */
export function clientErrorHandler(
  connections: Connections,
  stats: HttpStats,
  accessLog: AccessLog | undefined,
): ClientErrorHandler {
  const answers = answersOn(stats, NO_ROUTE);
  return (error, socket) => {
    // The parser complains again about each chunk that follows; the first complaint has been answered.
    if (socket.writableEnded) return;
    const { newest, waiting } = connections.of(socket);
    const silent = newest === undefined || newest.writableFinished || !newest.headersSent;
    // While an earlier request waits, the client would take this for its answer.
    if (!socket.writable || waiting.length > 0 || !silent) {
      socket.destroy();
      return;
    }
    const problem = describe(error.code);
    countAnswer(answers, problem.status);
    accessLog?.refused(socket, problem.status, Buffer.byteLength(problemDocument(problem)));
    socket.end(rawAnswer(problem));
    // Closing at once, with input unread, would reset the connection and lose the answer.
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
}

function describe(code: string | undefined): Problem {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, detail: "the request did not arrive in time" };
    case "HPE_HEADER_OVERFLOW":
      return { status: 431, detail: "the request's headers are too large" };
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return { status: 413, detail: "the chunk extensions are too large" };
    default:
      return { status: 400, detail: "the request is not valid HTTP" };
  }
}

function rawAnswer(problem: Problem): string {
  const document = problemDocument(problem);
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(document)}`,
    "Connection: close",
    "",
    document,
  ].join("\r\n");
}
