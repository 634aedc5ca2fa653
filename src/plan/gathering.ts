import type { GraphJoin, JoinGroup, Origin } from "../graph/types.js";
import type { Stage, Topology } from "../topology/types.js";
import { type Context, targetOf } from "./context.js";
import { HOME, type JoinPlan } from "./types.js";

export function joinPlan(context: Context, stage: Stage): JoinPlan | undefined {
  const join = context.graph.joins.find((candidate) => candidate.stage === stage.name);
  if (!join) return undefined;
  const groups = join.groups.map((group) => groupPlan(context, group));
  return { sources: join.sources, bare: join.bare, groups };
}

function groupPlan(context: Context, group: JoinGroup) {
  const origin = originOf(context, group.origin);
  return group.kind === "copies"
    ? { origin, target: HOME, parts: group.parts }
    : { origin, target: targetOf(context, group.target), parts: 0 };
}

export function isGathered(context: Context, key: GroupKey): boolean {
  return joinsOf(context, key).length > 0;
}

export function joinsOf(context: Context, key: GroupKey): GraphJoin[] {
  const same = (group: JoinGroup) =>
    group.kind === key.kind &&
    originOf(context, group.origin) === originOf(context, key.origin) &&
    (group.kind === "copies" || group.target === key.target);
  return context.graph.joins.filter((join) => join.groups.some(same));
}

type GroupKey = Pick<JoinGroup, "kind" | "origin"> & { readonly target?: string };

function originOf(context: Context, origin: Origin): number {
  return "entry" in origin ? entryOrigin(origin.entry) : targetOf(context, origin.stage);
}

export function entryOrigin(index: number): number {
  return ENTRY_ORIGINS + index;
}

/** Entries are numbered above the stages, so that one number names any origin. */
const ENTRY_ORIGINS = 0x8000;

/**
 * The join that gathers what is scattered to `from`. On the way there, other scatters may open and their joins close
 * again, so it is the first join that is met with none open.
 */
export function nearest(context: Context, from: string, joins: readonly GraphJoin[]): GraphJoin | undefined {
  const seen = new Set<string>();
  const queue: [name: string, open: number][] = [[from, 0]];
  for (const [name, open] of queue) {
    const key = `${name} ${open}`;
    if (seen.has(key) || open > MOST_OPEN) continue;
    seen.add(key);
    const isJoin = context.graph.joins.some(({ stage }) => stage === name);
    const join = joins.find(({ stage }) => stage === name);
    if (isJoin && open === 0) {
      if (join) return join;
      continue;
    }
    const after = isJoin ? open - 1 : open;
    for (const edge of context.topology.edges) {
      if (edge.from === name && !edge.loopback) queue.push([edge.to, after + (opensGroup(context, edge) ? 1 : 0)]);
    }
  }
  return undefined;
}

/** Scatters that nest deeper, on the way from a scatter to its join, are not followed. */
const MOST_OPEN = 16;

/** What goes along the edge is part of a group that some join gathers. */
function opensGroup(context: Context, { from, to, route }: Topology["edges"][number]): boolean {
  const origin = { stage: from };
  return route === "choose"
    ? isGathered(context, { kind: "scatter", origin, target: to })
    : isGathered(context, { kind: "copies", origin });
}
