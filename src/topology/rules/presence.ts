import type { Problem } from "../problem.js";
import type { Rule } from "./rule.js";

export const presenceRules: readonly Rule[] = [
  {
    name: "there is a server or a source",
    check: ({ topology, origins, problems }) =>
      topology.server === undefined &&
      topology.sources.length === 0 &&
      !doubted(problems, "server") &&
      !doubted(problems, "sources")
        ? [
            {
              ...origins.at(topology),
              message: "there is no [server] and no [sources.NAME], so nothing enters the topology",
            },
          ]
        : [],
  },
  {
    name: "the server has routes",
    check: ({ topology: { server }, origins, problems }) =>
      server !== undefined && server.routes.length === 0 && !doubted(problems, "server")
        ? [
            {
              ...origins.at(server),
              message: "[server] has no routes, so nothing enters the topology",
              hint: "add [[server.routes]]",
            },
          ]
        : [],
  },
  {
    name: "there are stages",
    check: ({ topology, origins, problems }) =>
      topology.stages.length === 0 && !doubted(problems, "stages") && !doubted(problems, "sinks")
        ? [
            {
              ...origins.at(topology),
              message: "there are no stages, so nothing can be done",
              hint: "add [stages.NAME]",
            },
          ]
        : [],
  },
];

/** Whether what was written there might be meant as the thing that is missing: `[[server.route]]`, `stages = 3`. */
function doubted(problems: readonly Problem[], table: string): boolean {
  return problems.some(
    ({ path, at }) => path[0] === table && (path.length === 1 || at === "key" || path[1] === "routes"),
  );
}
