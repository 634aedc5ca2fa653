import type { Place, Problem } from "../problem.js";
import { orList, quoted } from "../show.js";
import { SERVER, type Topology } from "../types.js";
import type { Rule } from "./rule.js";

export const edgeRules: readonly Rule[] = [
  {
    name: "no edge comes from an owner",
    check: ({ topology, origins }) =>
      oncePerPlace(
        topology.edges
          .filter(({ from }) => isOwner(from, topology))
          .map((edge) => ({
            ...origins.end(edge, "from"),
            message: `an edge cannot come from ${edge.from === SERVER ? "the server" : `the source "${edge.from}"`}`,
            hint: `name the stage in \`to\` of ${edge.from === SERVER ? "a [[server.routes]]" : `[sources.${edge.from}]`}`,
          })),
      ),
  },
  {
    name: "nothing leads on from a sink",
    check: ({ topology, origins }) =>
      oncePerPlace(
        topology.edges
          .filter(({ from, loopback, to }) => isSink(from, topology) && !loopback && !isOwner(to, topology))
          .map((edge) => ({
            ...origins.end(edge, "from"),
            message: `"${edge.from}" is a sink: nothing leads on from it`,
            hint: `make it a stage: [stages.${edge.from}]`,
          })),
      ),
  },
  {
    name: "owners are reached by loopback, and nothing else is",
    check: ({ topology, origins, problems }) => {
      const stages = new Set(topology.stages.map(({ name }) => name));
      return oncePerPlace(
        topology.edges.flatMap((edge): readonly Problem[] => {
          const home = isOwner(edge.to, topology);
          if (edge.loopback && !home && !stages.has(edge.to)) return [];
          if (isUnclear(origins.at(edge), problems) || isOwner(edge.from, topology) || edge.loopback === home)
            return [];
          const message = edge.loopback
            ? `a loopback edge leads to ${ownersOf(topology)}, not to "${edge.to}"`
            : `an edge to "${edge.to}" must be a loopback`;
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

function isOwner(name: string, { sources }: Topology): boolean {
  return name === SERVER || sources.some((source) => source.name === name);
}

function isSink(name: string, { stages }: Topology): boolean {
  return stages.some((stage) => stage.name === name && stage.role === "sink");
}

function ownersOf({ server, sources }: Topology): string {
  const names = sources.map(({ name }) => name);
  return orList(quoted(server === undefined && names.length > 0 ? names : [SERVER, ...names]));
}

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
