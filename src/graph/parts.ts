import { entriesOf } from "../topology/entries.js";
import type { Topology } from "../topology/types.js";
import { components, isCyclic, reachable } from "./algorithms.js";
import { stageAdjacency } from "./stages.js";
import type { Graph, GraphJoin, Origin } from "./types.js";

/** The jobs of one branch that are followed at most: copies within copies double with each stage. */
const MOST_JOBS = 1000;

/** Where the copies of an origin begin: the stages of an entry, or where a stage's edges of route `all` lead. */
export function branchesOf(origin: Origin, topology: Topology): readonly string[] {
  if ("entry" in origin) return entriesOf(topology)[origin.entry]!.to;
  return everyValueFollows(topology, origin.stage).flatMap(({ to, loopback }) => (loopback ? [] : [to]));
}

/**
 * Whether a branch of copies brings the join more than one part, when every worker simply returns a value: copies are
 * made inside the branch, and no other join gathers them before. False wherever that is in doubt.
 */
export function bringsSeveralParts(
  branch: string,
  origin: Origin,
  join: GraphJoin,
  topology: Topology,
  { joins }: Graph,
): boolean {
  const adjacency = stageAdjacency(topology, ({ from, route }) => route === "all" && from !== join.stage);
  const inside = reachable(adjacency, [branch]);
  // How often a job goes round, is for its workers to say.
  if (components(adjacency).some((it) => isCyclic(adjacency, it) && it.some((name) => inside.has(name)))) return false;

  const gathered = new Gathered();
  const outermost: Part = { group: { origin }, index: 0, up: undefined };
  const jobs: { readonly at: string; readonly top: Part | undefined }[] = [{ at: branch, top: outermost }];
  let arrived = 0;
  for (const { at, top } of jobs) {
    let onward = top;
    const closing = joins.find(({ stage }) => stage === at);
    if (closing !== undefined) {
      const part = partFor(closing, top);
      if (at === join.stage && part === outermost) arrived++;
      // Beyond the join, or another one that gathers what the branch is a part of, there is no branch any more.
      if (at === join.stage || part === undefined || part === outermost) continue;
      if (!gathered.completes(closing, part)) continue;
      onward = part.up;
    }
    const edges = everyValueFollows(topology, at);
    const group: Group = { origin: { stage: at } };
    for (const [index, { to, loopback }] of edges.entries()) {
      if (!loopback) jobs.push({ at: to, top: edges.length > 1 ? { group, index, up: onward } : onward });
    }
    if (jobs.length > MOST_JOBS) return false;
  }
  return arrived > 1;
}

/** As in a job's envelope: what it is a part of, the innermost first. */
interface Part {
  readonly group: Group;
  readonly index: number;
  readonly up: Part | undefined;
}

/** The copies that were made of one job: one object for all of them. */
interface Group {
  readonly origin: Origin;
}

/** What joins have gathered so far. */
class Gathered {
  readonly #indexes = new Map<string, Map<Group, Set<number>>>();

  /** Takes a part; true when it was the last. */
  completes({ stage, groups }: GraphJoin, { group, index }: Part): boolean {
    const ofStage = this.#indexes.get(stage) ?? new Map<Group, Set<number>>();
    const indexes = ofStage.get(group) ?? new Set<number>();
    this.#indexes.set(stage, ofStage.set(group, indexes));
    if (indexes.has(index)) return false;
    indexes.add(index);
    return groups.some(
      (it) => it.kind === "copies" && sameOrigin(it.origin, group.origin) && it.parts === indexes.size,
    );
  }
}

/** The innermost part that the join can gather. */
function partFor({ groups }: GraphJoin, top: Part | undefined): Part | undefined {
  for (let part = top; part !== undefined; part = part.up) {
    const { origin } = part.group;
    if (groups.some((it) => it.kind === "copies" && sameOrigin(it.origin, origin))) return part;
  }
  return undefined;
}

function sameOrigin(a: Origin, b: Origin): boolean {
  return "entry" in a ? "entry" in b && a.entry === b.entry : "stage" in b && a.stage === b.stage;
}

function everyValueFollows(topology: Topology, stage: string): Topology["edges"] {
  return topology.edges.filter(({ from, route }) => from === stage && route === "all");
}
