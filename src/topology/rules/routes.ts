import { pathShape } from "../decode/path.js";
import { entriesOf } from "../entries.js";
import type { Place, Problem } from "../problem.js";
import type { Rule } from "./rule.js";

export const routeRules: readonly Rule[] = [
  {
    name: "no two routes answer the same request",
    check: ({ topology, origins }) => {
      const first = new Map<string, Place>();
      return (topology.server?.routes ?? []).flatMap((route) =>
        [...new Set(route.methods)].flatMap((method): readonly Problem[] => {
          if (route.path === "") return [];
          const key = `${method} ${pathShape(route.path)}`;
          const other = first.get(key);
          if (other === undefined) first.set(key, origins.at(route));
          const message = `the route ${method} ${route.path} is already defined`;
          return other === undefined ? [] : [{ ...origins.at(route, "path"), message, other }];
        }),
      );
    },
  },
  {
    name: "the health check has its path for itself",
    check: ({ topology: { server }, origins }) =>
      (server?.routes ?? [])
        .filter(({ path }) => path === server?.health)
        .map((route) => ({
          ...origins.at(route, "path"),
          message: `the path ${route.path} is taken by the health check`,
          hint: 'move the check, e.g. health = "/healthz" in [server]',
        })),
  },
  {
    name: "an entry names each stage once",
    check: ({ topology, origins }) =>
      entriesOf(topology).flatMap(({ to, entity }) =>
        to.flatMap((name, index): readonly Problem[] =>
          to.indexOf(name) < index ? [{ ...origins.at(entity, "to", index), message: `to lists "${name}" twice` }] : [],
        ),
      ),
  },
];
