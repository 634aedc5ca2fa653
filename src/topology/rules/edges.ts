import type { Place, Problem } from "../problem.js";
import { SERVER } from "../types.js";
import type { Rule } from "./rule.js";

export const edgeRules: readonly Rule[] = [
  {
    name: "no edge comes from the server",
    check: ({ topology, origins }) =>
      oncePerPlace(
        topology.edges
          .filter(({ from }) => from === SERVER)
          .map((edge) => ({
            ...origins.end(edge, "from"),
            message: "an edge cannot come from the server",
            hint: "name the stage in `to` of a [[server.routes]]",
          })),
      ),
  },
  {
    name: "the server is reached by loopback, and nothing else is",
    check: ({ topology, origins, problems }) => {
      const stages = new Set(topology.stages.map(({ name }) => name));
      return oncePerPlace(
        topology.edges.flatMap((edge): readonly Problem[] => {
          if (edge.loopback && edge.to !== SERVER && !stages.has(edge.to)) return [];
          if (isUnclear(origins.at(edge), problems) || edge.from === SERVER || edge.loopback === (edge.to === SERVER))
            return [];
          const message = edge.loopback
            ? `a loopback edge leads to "${SERVER}", not to "${edge.to}"`
            : `an edge to "${SERVER}" must be a loopback`;
          const hint = edge.loopback
            ? "leave out loopback: an edge back to a stage needs no mark"
            : "add loopback = true";
          return [{ ...origins.end(edge, "to"), message, hint }];
        }),
      );
    },
  },
  {
    name: "an edge is written once",
    check: ({ topology, origins }) => {
      const first = new Map<string, Place>();
      return topology.edges.flatMap((edge): readonly Problem[] => {
        const key = `${edge.from} -> ${edge.to}`;
        const place = origins.end(edge, "to");
        const other = first.get(key);
        if (other === undefined) first.set(key, origins.at(edge));
        return other === undefined ? [] : [{ ...place, message: `the edge ${key} is already defined`, other }];
      });
    },
  },
];

/** One `[[edges]]` table may stand for many edges with the same mistake. */
function oncePerPlace(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem.path) + problem.file, problem])).values()];
}

/** Whether its table has a key that nobody knows, perhaps `loopback` misspelt. */
function isUnclear(edge: Place, problems: readonly Problem[]): boolean {
  return problems.some(
    ({ file, path, at }) => at === "key" && file === edge.file && path[0] === "edges" && path[1] === edge.path[1],
  );
}
