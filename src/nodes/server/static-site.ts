import { once } from "node:events";
import { ReadStream } from "node:fs";
import { realpath } from "node:fs/promises";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { relative, sep } from "node:path";
import { send } from "@fastify/send";
import type { FastifyReply } from "fastify";
import { messageOf, ZpipeError } from "../../errors.js";
import type { StaticFiles } from "../../topology/types.js";
import type { Problem } from "./problem.js";
import type { Responder } from "./responder.js";
import { findPlace, type SitePlace } from "./static-path.js";

/** The files of a directory; types, ranges and conditions are @fastify/send's. */
export class StaticSite {
  readonly #root: string;
  readonly #prefix: string;
  readonly #responder: Responder;

  private constructor(root: string, prefix: string, responder: Responder) {
    this.#root = root;
    this.#prefix = prefix;
    this.#responder = responder;
  }

  /** @throws ZpipeError when the directory has gone since the topology was read */
  static async open({ dir, path }: StaticFiles, responder: Responder): Promise<StaticSite> {
    try {
      return new StaticSite(await realpath(dir), path, responder);
    } catch (cause) {
      throw new ZpipeError(`cannot serve the files of ${dir}: ${messageOf(cause)}`, {
        code: "static-unavailable",
        hints: ["`static` under [server] names a directory, relative to the topology's file."],
        cause,
      });
    }
  }

  find(url: string): Promise<SitePlace | undefined> {
    return findPlace(this.#root, this.#prefix, url);
  }

  async serve(place: SitePlace, request: IncomingMessage, reply: FastifyReply): Promise<void> {
    if (place.kind === "moved") {
      this.#responder.send(reply, 301, { location: place.to, "content-type": "text/plain" }, `${place.to}\n`);
      return;
    }
    // Ranges are for GET alone (RFC 9110, 14.2).
    if (request.method === "HEAD") delete request.headers.range;
    const url = relative(this.#root, place.file).split(sep).map(encodeURIComponent).join("/");
    const result = await send(request, url, { root: this.#root, index: false });
    const headers = lowerCase(result.headers);
    headers["x-content-type-options"] = "nosniff";
    if (result.type !== "file") {
      this.#responder.problem(reply, problemOf(result.statusCode), rangeOf(headers));
      return;
    }
    const { statusCode: status, stream } = result;
    if (status === 304) {
      this.#responder.send(reply, status, headers, "");
      return;
    }
    if (stream instanceof ReadStream) {
      try {
        await once(stream, "open");
      } catch {
        this.#responder.problem(reply, { status: 403, detail: "this file cannot be read" });
        return;
      }
      cutIfShort(stream, Number(headers["content-length"]));
    }
    await this.#responder.stream(reply, status, headers, stream);
  }
}

function problemOf(status: number): Problem {
  switch (status) {
    case 412:
      return { status, detail: "the file is not the one that the request is for" };
    case 416:
      return { status, detail: "the file has no such range" };
    default:
      return { status: 404, detail: "there is nothing at this path" };
  }
}

function rangeOf({ "content-range": range }: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return range === undefined ? {} : { "content-range": range };
}

/** A file that shrinks while it is sent would leave the client waiting for the rest. */
function cutIfShort(stream: ReadStream, length: number): void {
  stream.prependOnceListener("end", () => {
    if (stream.bytesRead < length) stream.destroy(new Error("the file has become shorter"));
  });
}

function lowerCase(headers: Readonly<Record<string, string | number>>): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
