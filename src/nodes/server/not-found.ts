import { discardRest } from "./content.js";
import type { Paths } from "./paths.js";
import type { Responder } from "./responder.js";
import type { Handler } from "./route-handler.js";

/** Answers what no route took: an unknown path, another method of a known one, or OPTIONS. */
export function notFoundHandler(paths: Paths, responder: Responder): Handler {
  return ({ raw }, reply) => {
    const method = raw.method ?? "";
    const allowed = paths.allowed(raw.url ?? "/");
    if (allowed === undefined) {
      responder.problem(reply, { status: 404, detail: "there is nothing at this path" });
    } else if (method === "OPTIONS") {
      responder.send(reply, 204, { allow: allowed.join(", ") }, "");
    } else {
      const detail = `this path takes ${allowed.join(", ")}, not ${method}`;
      responder.problem(reply, { status: 405, detail }, { allow: allowed.join(", ") });
    }
    discardRest(raw);
  };
}
