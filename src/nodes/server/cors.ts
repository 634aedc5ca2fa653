import type { FastifyInstance } from "fastify";
import type { Cors, Route } from "../../topology/types.js";
import type { Handler } from "./route-handler.js";
import { answersOn, countAnswer, type HttpStats, NO_ROUTE } from "./stats.js";

export interface CorsOptions {
  readonly cors: Cors;
  readonly routes: readonly Route[];
  readonly stats: HttpStats;
  /** Answers an OPTIONS that is no preflight. */
  readonly onOptions: Handler;
}

/** Loads @fastify/cors, which most topologies do without. */
export async function addCors(app: FastifyInstance, { cors, onOptions, routes, stats }: CorsOptions): Promise<void> {
  const answers = answersOn(stats, NO_ROUTE);
  const { default: plugin } = await import("@fastify/cors");
  app.addHook("onRequest", (request, reply, next) => {
    if (request.method !== "OPTIONS") return next();
    const { origin, "access-control-request-method": method } = request.headers;
    if (origin === undefined || method === undefined) return onOptions(request, reply);
    countAnswer(answers, 204);
    return next();
  });
  await app.register(plugin, {
    origin: cors.origins === "*" ? "*" : [...cors.origins],
    methods: cors.methods ? [...cors.methods] : methodsOf(routes),
    credentials: cors.credentials,
    exposedHeaders: ["x-request-id"],
    ...(cors.headers && { allowedHeaders: [...cors.headers] }),
    ...(cors.maxAgeSeconds !== undefined && { maxAge: cors.maxAgeSeconds }),
  });
}

function methodsOf(routes: readonly Route[]): string[] {
  const methods = new Set(routes.flatMap((route) => route.methods));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods];
}
