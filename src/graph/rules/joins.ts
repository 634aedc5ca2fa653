import { type Entry, entriesOf } from "../../topology/entries.js";
import type { Problem } from "../../topology/problem.js";
import { andList, quoted } from "../../topology/show.js";
import { SERVER, type Stage, type Topology } from "../../topology/types.js";
import { reachable, reversed } from "../algorithms.js";
import { branchesOf, bringsSeveralParts } from "../parts.js";
import { entryStages, stageAdjacency } from "../stages.js";
import type { GraphJoin, Origin } from "../types.js";
import type { GraphRule, GraphRuleInput } from "./rule.js";

export const joinRules: readonly GraphRule[] = [
  {
    name: "a join lists stages that lead straight to it",
    check: ({ topology, origins }) =>
      topology.stages.flatMap((stage) =>
        missingSources(stage, topology).map((source) => ({
          ...origins.at(stage, "join", stage.join!.stages.indexOf(source)),
          message: `stage "${stage.name}" joins "${source}", but no edge leads from "${source}" to "${stage.name}"`,
          hint: "add the edge, or join the stage that does lead to it",
        })),
      ),
  },
  {
    name: "a join lists every stage that leads to it",
    check: ({ topology, origins }) =>
      topology.edges.flatMap((edge): readonly Problem[] => {
        const join = topology.stages.find(({ name }) => name === edge.to)?.join;
        if (join === undefined || join.stages.includes(edge.from)) return [];
        const message = `stage "${edge.to}" joins ${andList(quoted(join.stages))}, but this edge comes from "${edge.from}"`;
        return [
          { ...origins.end(edge, "from"), message, hint: `add "${edge.from}" to its join, or lead the edge elsewhere` },
        ];
      }),
  },
  {
    name: "no entry leads straight to a join",
    check: ({ topology, origins }) =>
      entriesOf(topology).flatMap(({ to, entity, owner }) =>
        to.flatMap((name, index): readonly Problem[] => {
          const join = topology.stages.find((stage) => stage.name === name)?.join;
          if (join === undefined) return [];
          const message = `stage "${name}" joins ${andList(quoted(join.stages))}, so a ${owner === SERVER ? "route" : "source"} cannot lead straight to it`;
          return [{ ...origins.at(entity, "to", index), message }];
        }),
      ),
  },
  {
    name: "a join can complete",
    check: ({ topology, origins, graph }) =>
      soundJoins({ topology, origins, graph })
        .filter(({ groups }) => groups.length === 0)
        .map(({ stage, sources }) => ({
          ...origins.at(stageNamed(topology, stage), "join"),
          message: `the join of stage "${stage}" can never complete: nothing scatters one job to ${andList(quoted(sources))}`,
          hint: "let a route or a stage lead to all of them at once",
        })),
  },
  {
    name: "what an entry sends to a join is scattered on the way",
    check: (input) =>
      soundJoins(input)
        .filter(({ groups }) => groups.length > 0)
        .flatMap((join) =>
          entriesOf(input.topology).flatMap((entry, index): readonly Problem[] => {
            if (!reachesUnscattered(entry, index, join, input.topology)) return [];
            const [what, it] = entry.owner === SERVER ? ["requests", "route"] : ["jobs", "source"];
            const message = `${what} of ${entry.title} reach join "${join.stage}" but nothing scatters them there`;
            const hint = `let the ${it} lead to ${andList(quoted(join.sources))} at once`;
            return [{ ...input.origins.at(entry.entity, "to"), message, hint }];
          }),
        ),
  },
  {
    // The join would take the second part of a branch for a duplicate of the first.
    name: "a join gets one part from each branch",
    check: (input) =>
      soundJoins(input).flatMap((join) =>
        join.groups.flatMap(({ kind, origin }): readonly Problem[] =>
          kind === "scatter" ? [] : crowdedBranches(origin, join, input),
        ),
      ),
  },
];

/** The joins of which nothing else is reported. */
export function soundJoins({ topology, graph }: GraphRuleInput): readonly GraphJoin[] {
  const reached = reachable(stageAdjacency(topology), entryStages(topology));
  return graph.joins.filter(({ stage, sources }) => {
    const entered = topology.edges.filter(({ to }) => to === stage);
    return (
      reached.has(stage) &&
      missingSources(stageNamed(topology, stage), topology).length === 0 &&
      entered.every(({ from }) => sources.includes(from)) &&
      !entryStages(topology).includes(stage)
    );
  });
}

/** Whether it is certain: the job gets there by itself, and neither the entry nor any stage on any way scatters it. */
function reachesUnscattered(entry: Entry, index: number, join: GraphJoin, topology: Topology): boolean {
  const byItself = reachable(
    stageAdjacency(topology, (edge) => edge.route === "all"),
    entry.to,
  );
  if (!byItself.has(join.stage)) return false;
  const adjacency = stageAdjacency(topology);
  const onward = reachable(adjacency, entry.to);
  const towards = reachable(reversed(adjacency), [join.stage]);
  return !join.groups.some(({ origin }) =>
    "entry" in origin ? origin.entry === index : onward.has(origin.stage) && towards.has(origin.stage),
  );
}

function crowdedBranches(
  origin: Origin,
  join: GraphJoin,
  { topology, origins, graph }: GraphRuleInput,
): readonly Problem[] {
  const { stage } = join;
  const from = "entry" in origin ? entriesOf(topology)[origin.entry]!.title : `stage "${origin.stage}"`;
  return branchesOf(origin, topology)
    .filter((branch) => bringsSeveralParts(branch, origin, join, topology, graph))
    .map((branch) => ({
      ...origins.at(stageNamed(topology, stage), "join"),
      message: `join "${stage}" would get several parts from the branch "${branch}" of ${from}, but expects one from each`,
      hint: "gather them first by a join of their own, or scatter to the sources directly",
    }));
}

function missingSources(stage: Stage, topology: Topology): readonly string[] {
  const direct = topology.edges.filter(({ to }) => to === stage.name).map(({ from }) => from);
  return (stage.join?.stages ?? []).filter((source) => !direct.includes(source));
}

function stageNamed(topology: Topology, name: string): Stage {
  return topology.stages.find((stage) => stage.name === name)!;
}
