import { type FastifyInstance, type FastifyServerFactory, fastify, LogController } from "fastify";
import type { Route, StaticFiles } from "../../topology/types.js";
import type { ClientErrorHandler } from "./client-errors.js";
import { addCors } from "./cors.js";
import { healthHandler } from "./health.js";
import { notFoundHandler } from "./not-found.js";
import { Paths } from "./paths.js";
import type { Responder } from "./responder.js";
import { type Handler, type HandlerOptions, routeHandler } from "./route-handler.js";
import type { StaticSite } from "./static-site.js";

/** Ample for a number in a URL; a segment of several parameters is matched in more than linear time. */
const MAX_PARAM_LENGTH = 2048;

export interface AppOptions extends HandlerOptions {
  readonly serverFactory: FastifyServerFactory;
  readonly clientErrorHandler: ClientErrorHandler;
}

/** Fastify as the router, and for its plugins; bodies, answers and errors are this folder's own. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { gateway, responder, server } = options;
  const app = fastify({
    serverFactory: options.serverFactory,
    clientErrorHandler: options.clientErrorHandler,
    exposeHeadRoutes: false,
    // While it closes, requests on connections still open are the gateway's to refuse.
    return503OnClosing: false,
    genReqId: () => "",
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // There are no schemas; with these two given, ajv and its kin (a third of the loading time) stay unloaded.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    frameworkErrors: (error, _, reply) => {
      const status = error.statusCode === 414 ? 414 : 400;
      const detail = status === 414 ? "a part of the path is too long" : "the path is not a valid URL";
      responder.problem(reply, { status, detail });
    },
  });
  app.setErrorHandler((error, _, reply) => responder.bug(reply, error));

  const methods = server.routes.flatMap((route) => route.methods);
  // Fastify reads the body of such a method before any handler could refuse it; ours read it when they want it.
  for (const method of new Set([...app.supportedMethods, ...methods]))
    app.addHttpMethod(method, { hasBody: false, overrideExisting: true });

  const paths = new Paths();
  const site = server.static && (await openSite(server.static, responder));
  const notFound = notFoundHandler(paths, responder, site);
  app.setNotFoundHandler(notFound);
  if (server.cors) {
    const { cors, routes } = server;
    await addCors(app, { cors, routes, stats: responder.stats, onOptions: notFound });
  }
  addRoute(server.health, ["GET", "HEAD"], healthHandler(gateway, responder.of(server.health)));
  server.routes.forEach((route, index) => {
    addRoute(
      route.path,
      methodsWithHead(server.routes, route),
      routeHandler(index, { ...options, responder: responder.of(route.path) }),
    );
  });
  await app.ready();
  return app;

  function addRoute(url: string, methods: readonly string[], handler: Handler): void {
    app.route({ method: [...methods], url, handler });
    paths.add(url, methods);
  }
}

/** Loads @fastify/send, which most topologies do without. */
async function openSite(files: StaticFiles, responder: Responder): Promise<StaticSite> {
  const { StaticSite } = await import("./static-site.js");
  return StaticSite.open(files, responder);
}

/** GET implies HEAD, unless some route of that path has its own. */
function methodsWithHead(routes: readonly Route[], { methods, path }: Route): readonly string[] {
  const hasHead = routes.some((route) => route.path === path && route.methods.includes("HEAD"));
  return methods.includes("GET") && !hasHead ? [...methods, "HEAD"] : methods;
}

function noSchemas(): never {
  throw new Error("routes have no schemas");
}
