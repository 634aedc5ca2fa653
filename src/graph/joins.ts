import { entriesOf } from "../topology/entries.js";
import type { Stage, Topology } from "../topology/types.js";
import { type Adjacency, reachable } from "./algorithms.js";
import { stageAdjacency } from "./stages.js";
import type { GraphJoin, JoinGroup, Origin } from "./types.js";

/** For each joining stage the scatters that it can gather, outermost origins (entries) first, then in `order`. */
export function findJoins(topology: Topology, order: readonly string[]): readonly GraphJoin[] {
  const rank = new Map(order.map((name, index) => [name, index]));
  return topology.stages
    .filter(({ join }) => join !== undefined)
    .sort((a, b) => rank.get(a.name)! - rank.get(b.name)!)
    .map((stage) => ({
      stage: stage.name,
      sources: stage.join!.stages,
      bare: stage.join!.bare,
      groups: groupsOf(stage, topology, order),
    }));
}

function groupsOf(joining: Stage, topology: Topology, order: readonly string[]): readonly JoinGroup[] {
  const view: JoinView = { name: joining.name, sources: joining.join!.stages, adjacency: stageAdjacency(topology) };
  const entries = entriesOf(topology).flatMap((entry, index) =>
    copies(
      { entry: index },
      entry.to.map((to) => sourcesBehind(view, to)),
      view,
    ),
  );
  const stages = order.flatMap((name): readonly JoinGroup[] => {
    const edges = topology.edges.filter(({ from, loopback }) => from === name && !loopback);
    const branches = edges.filter(({ route }) => route === "all").map(({ to }) => sourcesAlong(view, name, to));
    const targets = edges.map(({ to }) => to).filter((to) => covers(view, sourcesBehind(view, to)));
    return [
      ...copies({ stage: name }, branches, view),
      ...targets.map((target): JoinGroup => ({ kind: "scatter", origin: { stage: name }, target })),
    ];
  });
  return [...entries, ...stages];
}

/** A joining stage and the stages around it. */
interface JoinView {
  readonly name: string;
  readonly sources: readonly string[];
  readonly adjacency: Adjacency;
}

/** At least two copies must come to the join, and from all of its sources. */
function copies(origin: Origin, branches: readonly (readonly string[])[], view: JoinView): readonly JoinGroup[] {
  const leading = branches.filter((sources) => sources.length > 0);
  if (leading.length < 2 || !covers(view, leading.flat())) return [];
  return [{ kind: "copies", origin, parts: leading.length }];
}

/** The sources of the join that a job can come to from `start` on a way that does not pass the join itself. */
function sourcesBehind(view: JoinView, start: string): readonly string[] {
  const behind = reachable(view.adjacency, [start], view.name);
  return view.sources.filter((source) => behind.has(source));
}

/** The same along one edge; an edge straight into the join brings the part of the stage that it comes from. */
function sourcesAlong(view: JoinView, from: string, to: string): readonly string[] {
  return to === view.name ? view.sources.filter((source) => source === from) : sourcesBehind(view, to);
}

function covers(view: JoinView, sources: readonly string[]): boolean {
  return view.sources.every((source) => sources.includes(source));
}
