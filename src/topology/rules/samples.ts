import { matchRoute, routesOfPath } from "../match.js";
import { didYouMean } from "../nearest.js";
import type { Problem } from "../problem.js";
import { andList, quoted } from "../show.js";
import type { Route } from "../types.js";
import type { Rule } from "./rule.js";

export const sampleRules: readonly Rule[] = [
  {
    name: "every sample, and every test with a request, is a request of a route",
    check: ({ topology, origins, problems }) => {
      const routes = topology.server?.routes ?? [];
      // Without routes, or with a broken one, what is missing is reported already.
      if (routes.length === 0 || problems.some(({ path }) => path[0] === "server")) return [];
      const tested = topology.tests.flatMap(({ act }) => (act.kind === "request" ? [act.sample] : []));
      return [...topology.samples, ...tested].flatMap((sample): readonly Problem[] => {
        const path = sample.target.split("?")[0]!;
        if (matchRoute(routes, sample.method, path) !== undefined) return [];
        const place = origins.at(sample, "request");
        return [{ ...place, message: `no route answers ${sample.method} ${path}`, hint: hintFor(routes, path) }];
      });
    },
  },
];

function hintFor(routes: readonly Route[], path: string): string | undefined {
  const methods = routesOfPath(routes, path).flatMap((route) => route.methods);
  if (methods.length > 0) return `${path} takes ${andList([...new Set(methods)])}`;
  const paths = routes.map((route) => route.path);
  return didYouMean(path, paths) ?? `the paths are ${andList(quoted([...new Set(paths)]))}`;
}
