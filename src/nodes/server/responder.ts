import { ReadStream } from "node:fs";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { FastifyReply } from "fastify";
import { byteLength, type Payload } from "../../protocol/payload.js";
import { type AccessLog, noteContent } from "./access-log.js";
import type { Connections } from "./connections.js";
import { PROBLEM_TYPE, type Problem, problemDocument } from "./problem.js";
import { type Answers, answersOn, countAnswer, type HttpStats, NO_ROUTE } from "./stats.js";

export const JSON_TYPE = "application/json; charset=utf-8";
export const BYTES_TYPE = "application/octet-stream";

/** By wrk on node:http alone, text instead of bytes: 1.06 times the answers a second at 100 bytes, 1.02 at 250, 0.93 at 1000. */
const SHORT_BYTES = 256;

export interface ResponderOptions {
  readonly stats: HttpStats;
  readonly connections: Connections;
  /** Fastify's hooks have put headers on the reply, which go out with every answer. */
  readonly hooked: boolean;
  readonly ending: () => boolean;
  readonly accessLog: AccessLog | undefined;
}

/**
 * Writes answers straight to Node's response: fastify's own way through serializers and hooks costs a good part of a
 * small request. Every answer passes `send`, so that it is counted, and a drain reaches it.
 */
export class Responder {
  readonly stats: HttpStats;
  readonly #options: ResponderOptions;
  readonly #answers: Answers;

  /** @param path of the route whose answers it writes */
  constructor(options: ResponderOptions, path: string = NO_ROUTE) {
    this.stats = options.stats;
    this.#options = options;
    this.#answers = answersOn(options.stats, path);
  }

  /** One whose answers are counted as those of that route. */
  of(path: string): Responder {
    return new Responder(this.#options, path);
  }

  problem(reply: FastifyReply, problem: Problem, headers: OutgoingHttpHeaders = {}): void {
    headers["content-type"] = PROBLEM_TYPE;
    this.send(reply, problem.status, headers, problemDocument(problem));
  }

  /** What should not happen: the client learns no more than that, standard error has the stack. */
  bug(reply: FastifyReply, error: unknown): void {
    process.emitWarning(error instanceof Error ? error : String(error));
    if (!reply.raw.headersSent) this.problem(reply, { status: 500, detail: "the request could not be handled" });
  }

  /** @param headers lower-case; they are the responder's from here. */
  send(reply: FastifyReply, status: number, headers: OutgoingHttpHeaders, payload: Payload): void {
    const response = reply.raw;
    this.#begin(reply, status, headers);
    if (status === 204 || status === 304) {
      delete headers["content-type"];
      response.writeHead(status, headers).end();
    } else {
      const length = byteLength(payload);
      headers["content-length"] = length;
      if (this.#options.accessLog) noteContent(response, length);
      response.writeHead(status, headers);
      // Ended now, a connection that is to close would be reset under a client that is still sending.
      if (isUnread(reply.request.raw)) response.write(payload, () => endWithRequest(reply));
      else endWith(response, payload);
    }
  }

  /**
   * @param headers lower-case, with the content's length; they are the responder's from here
   * @param content must give as many bytes as the headers say, or fail; then the connection is cut
   */
  async stream(reply: FastifyReply, status: number, headers: OutgoingHttpHeaders, content: Readable): Promise<void> {
    this.#begin(reply, status, headers);
    reply.raw.writeHead(status, headers);
    if (this.#options.accessLog && content instanceof ReadStream) noteContent(reply.raw, content);
    await pipeline(content, reply.raw).catch(() => reply.raw.destroy());
  }

  #begin(reply: FastifyReply, status: number, headers: OutgoingHttpHeaders): void {
    const { connections, ending, hooked } = this.#options;
    countAnswer(this.#answers, status);
    if (hooked) mergeHeaders(headers, reply.getHeaders() as OutgoingHttpHeaders);
    // Only the last of pipelined requests may say so: what comes after it would be lost.
    if (ending() && connections.of(reply.request.raw.socket).newest === reply.raw) headers.connection = "close";
  }
}

/** Node writes a text together with the head, but bytes beside it, by a call that costs more: so a few go as text. */
function endWith(response: ServerResponse, payload: Payload): void {
  if (typeof payload === "string" || payload.length > SHORT_BYTES) response.end(payload);
  else response.end(payload.toString("latin1"), "latin1");
}

/** The client is still sending a body that nobody wants any more. */
function isUnread({ complete, headers }: IncomingMessage): boolean {
  // One that asked first waits to be told, and will not be.
  if (headers.expect !== undefined) return false;
  return !complete && (headers["transfer-encoding"] !== undefined || headers["content-length"] !== undefined);
}

function endWithRequest({ raw, request }: FastifyReply): void {
  if (request.raw.complete) raw.end();
  else request.raw.once("end", () => raw.end());
}

function mergeHeaders(headers: OutgoingHttpHeaders, more: Readonly<OutgoingHttpHeaders>): void {
  const { vary } = headers;
  Object.assign(headers, more);
  if (vary !== undefined && more.vary !== undefined) headers.vary = `${vary}, ${more.vary}`;
}
