import type { FastifyReply, FastifyRequest } from "fastify";
import { discardRest } from "./content.js";
import type { Paths } from "./paths.js";
import type { Responder } from "./responder.js";
import type { Handler } from "./route-handler.js";
import type { StaticSite } from "./static-site.js";

const FILE_METHODS: readonly string[] = ["GET", "HEAD"];

/** Answers what no route took: a file, an unknown path, another method of a known one, or OPTIONS. */
export function notFoundHandler(paths: Paths, responder: Responder, site: StaticSite | undefined): Handler {
  if (site === undefined) return (request, reply) => refuse(request, reply, paths.allowed(request.raw.url ?? "/"));
  return (request, reply) => {
    answer(site, request, reply).catch((error: unknown) => responder.bug(reply, error));
  };

  async function answer(files: StaticSite, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { method = "", url = "/" } = request.raw;
    const allowed = paths.allowed(url);
    const place = await files.find(url);
    if (place === undefined) return refuse(request, reply, allowed);
    if (!FILE_METHODS.includes(method)) {
      return refuse(request, reply, [...new Set([...(allowed ?? ["OPTIONS"]), ...FILE_METHODS])].sort());
    }
    discardRest(request.raw);
    await files.serve(place, request.raw, reply);
  }

  function refuse({ raw }: FastifyRequest, reply: FastifyReply, allowed: readonly string[] | undefined): void {
    if (allowed === undefined) {
      responder.problem(reply, { status: 404, detail: "there is nothing at this path" });
    } else if (raw.method === "OPTIONS") {
      responder.send(reply, 204, { allow: allowed.join(", ") }, "");
    } else {
      const detail = `this path takes ${allowed.join(", ")}, not ${raw.method}`;
      responder.problem(reply, { status: 405, detail }, { allow: allowed.join(", ") });
    }
    discardRest(raw);
  }
}
