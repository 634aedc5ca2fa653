import { type OutgoingHttpHeaders, validateHeaderName, validateHeaderValue } from "node:http";
import type { FastifyReply } from "fastify";
import { encodeJson } from "../../protocol/json.js";
import { type Body, PayloadKind } from "../../protocol/payload.js";
import type { StaticAnswer } from "../../topology/types.js";
import type { AnswerMeta, GraphFailure, Outcome } from "./gateway.js";
import { BYTES_TYPE, JSON_TYPE, type Responder } from "./responder.js";

export interface OutcomeOptions {
  readonly timeoutMs: number;
  readonly onTimeout: StaticAnswer | undefined;
  readonly exposeErrors: boolean;
}

/** It may have been done in part. */
const ENDED = { status: 503, detail: "the server was ended before there was an answer" };

export type OutcomeWriter = (reply: FastifyReply, id: string, outcome: Outcome) => void;

/** Answers a client with what became of its request in the graph. */
export function outcomeWriter(responder: Responder, options: OutcomeOptions): OutcomeWriter {
  const late = options.onTimeout;
  const latePayload = late && encodeJson(late.body);

  return (reply, id, outcome) => {
    switch (outcome.kind) {
      case "answer":
        return writeAnswer(responder, reply, id, outcome.body, outcome.meta);
      case "failed":
        return writeFailure(responder, reply, id, outcome.failure, options.exposeErrors);
      case "done":
        return responder.send(reply, 204, { "x-request-id": id }, "");
      case "timeout": {
        const headers = { "content-type": JSON_TYPE, "x-request-id": id };
        if (late) return responder.send(reply, late.status, headers, latePayload ?? "null");
        const detail = `no answer within ${options.timeoutMs} ms`;
        return responder.problem(reply, { status: 504, detail }, { "x-request-id": id });
      }
      case "ended":
        return responder.problem(reply, ENDED, { "retry-after": "1", "x-request-id": id });
    }
  };
}

function writeAnswer(
  responder: Responder,
  reply: FastifyReply,
  id: string,
  body: Body,
  meta: AnswerMeta | undefined,
): void {
  const type = body.kind === PayloadKind.json ? JSON_TYPE : BYTES_TYPE;
  if (meta === undefined) {
    responder.send(reply, 200, { "content-type": type, "x-request-id": id }, body.payload);
    return;
  }
  const fault = metaFault(meta);
  if (fault !== undefined) {
    responder.problem(reply, { status: 500, detail: fault }, { "x-request-id": id });
    return;
  }
  const headers: OutgoingHttpHeaders = { "content-type": type };
  for (const [name, value] of Object.entries(meta.headers ?? {})) {
    const key = name.toLowerCase();
    if (!OURS.has(key)) headers[key] = value;
  }
  headers["x-request-id"] = id;
  responder.send(reply, meta.status ?? 200, headers, body.payload);
}

/** Headers of the connection, not of the answer: a worker has no say in them. */
const OURS = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What a worker said comes over a wire, from any language: Node would throw on it after the answer has begun. */
function metaFault({ headers, status }: AnswerMeta): string | undefined {
  if (status !== undefined && !isFinalStatus(status)) return `the answer's status ${status} is not one of HTTP`;
  for (const [name, value] of Object.entries(headers ?? {})) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      return `the answer's header ${JSON.stringify(name)} is not valid in HTTP`;
    }
  }
  return undefined;
}

function writeFailure(
  responder: Responder,
  reply: FastifyReply,
  id: string,
  failure: GraphFailure,
  exposeErrors: boolean,
): void {
  const meant = failure.status !== undefined;
  const status = meant && isFinalStatus(failure.status) ? failure.status : 500;
  const detail = `stage "${failure.stage}" failed${meant || exposeErrors ? `: ${failure.message}` : ""}`;
  responder.problem(reply, { status, detail, stage: failure.stage }, { "x-request-id": id });
}

function isFinalStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 599;
}
