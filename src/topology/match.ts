import type { Route } from "./types.js";

export interface RouteMatch {
  /** Of the route, in the topology. */
  readonly index: number;
  /** The parts of the path that are parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** The route that answers a request; a plain segment goes before a parameter, as in the server. */
export function matchRoute(routes: readonly Route[], method: string, path: string): RouteMatch | undefined {
  const parts = path.split("/");
  const matches = routes.flatMap((route, index) => {
    const params = route.methods.includes(method) ? paramsFor(route.path, parts) : undefined;
    return params === undefined ? [] : [{ index, params }];
  });
  return matches.sort((a, b) => (shape(routes[a.index]!.path) < shape(routes[b.index]!.path) ? -1 : 1))[0];
}

/** Sorts a plain segment before a parameter at the first place where two paths differ. */
function shape(path: string): string {
  return path
    .split("/")
    .map((step) => (step.startsWith(":") ? "1" : "0"))
    .join("");
}

/** Whether some route has that path, whatever its methods. */
export function routesOfPath(routes: readonly Route[], path: string): readonly Route[] {
  const parts = path.split("/");
  return routes.filter((route) => paramsFor(route.path, parts) !== undefined);
}

function paramsFor(pattern: string, parts: readonly string[]): Record<string, string> | undefined {
  const steps = pattern.split("/");
  if (steps.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, step] of steps.entries()) {
    const part = parts[i]!;
    if (!step.startsWith(":")) {
      if (step !== part) return undefined;
      continue;
    }
    const value = part === "" ? undefined : decoded(part);
    if (value === undefined) return undefined;
    params[step.slice(1)] = value;
  }
  return params;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
