import type { IncomingMessage } from "node:http";
import type { Body } from "../../topology/types.js";
import { Refusal } from "./problem.js";

/** @throws Refusal (400, 413, 415) for a body that need not even be read. */
export function checkContent(request: IncomingMessage, body: Body, limit: number): void {
  if (!hasContent(request)) return;
  if (body.kind === "none") throw new Refusal({ status: 400, detail: "this path takes no body" });
  if (announcesTooMuch(request, limit)) throw tooLarge(limit);
  const { "content-encoding": coding, "content-type": type } = request.headers;
  if (coding !== undefined && coding.toLowerCase() !== "identity") {
    throw new Refusal({ status: 415, detail: `a body with Content-Encoding "${coding}" is not taken` });
  }
  checkType(type, body.kind);
}

/** Gives the body to `done`; if the client hangs up first, nobody is called. */
export function readContent(request: IncomingMessage, limit: number, done: (content: Buffer | Refusal) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on("data", onData);
  request.on("end", onEnd);

  function onData(chunk: Buffer): void {
    length += chunk.length;
    chunks.push(chunk);
    if (length <= limit) return;
    request.off("data", onData);
    request.off("end", onEnd);
    done(tooLarge(limit));
  }

  function onEnd(): void {
    done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length));
  }
}

export function announcesTooMuch(request: IncomingMessage, limit: number): boolean {
  return Number(request.headers["content-length"] ?? 0) > limit;
}

const LINGER_MS = 2000;

/**
 * After an early answer the rest of the body is thrown away, so that the client, still sending, gets to read the answer
 * (closing at once would reset the connection and lose it) and may use the connection again. One that never ends is cut.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || !hasContent(request)) return;
  request.resume();
  const timer = setTimeout(() => request.complete || request.socket.destroy(), LINGER_MS);
  timer.unref();
  request.once("close", () => clearTimeout(timer));
}

/** Spares nearly all requests the closer look. */
const USUAL: Readonly<Partial<Record<Body["kind"], string>>> = { json: "application/json", fields: "application/json" };

/** Without a Content-Type the body is taken for what the path takes. */
function checkType(type: string | undefined, kind: Body["kind"]): void {
  if (type === undefined || kind === "bytes" || type === USUAL[kind]) return;
  const [, media = "", parameters = ""] = /^\s*([^;\s]*)\s*(.*)$/s.exec(type.toLowerCase()) ?? [];
  const wanted = kind === "text" ? /^text\/[^/]+$/ : /^application\/(?:[^/]+\+)?json$/;
  if (!wanted.test(media)) {
    const expected = kind === "text" ? "text/plain" : "application/json";
    throw new Refusal({ status: 415, detail: `Content-Type must be ${expected}, not "${media}"` });
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/.exec(parameters)?.[1] ?? "utf-8";
  if (!["utf-8", "utf8", "us-ascii"].includes(charset)) {
    throw new Refusal({ status: 415, detail: `the body must be UTF-8, not "${charset}"` });
  }
}

function hasContent({ headers }: IncomingMessage): boolean {
  if (headers["transfer-encoding"] !== undefined) return true;
  return headers["content-length"] !== undefined && headers["content-length"] !== "0";
}

function tooLarge(limit: number): Refusal {
  return new Refusal({ status: 413, detail: `the body is larger than ${limit} bytes`, limit });
}
