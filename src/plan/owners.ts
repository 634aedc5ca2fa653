import { entriesOf } from "../topology/entries.js";
import { SERVER, type Source } from "../topology/types.js";
import { type Context, lineSinks, ownersOf, targetOf } from "./context.js";
import { entryOrigin, isGathered } from "./gathering.js";
import { answersInbox, proxyAddresses } from "./inboxes.js";
import type { EntryPlan, ServerPlan, SourcePlan } from "./types.js";

export function serverPlan(context: Context): ServerPlan {
  const { topology } = context;
  return {
    kind: "server",
    ...ownerPlan(context, SERVER),
    server: topology.server!,
    routes: topology.server!.routes.map((_, index) => entryPlan(context, index)),
    dropsRest: topology.stages.every(({ role }) => role !== "sink"),
  };
}

export function sourcePlan(context: Context, source: Source): SourcePlan {
  const index = entriesOf(context.topology).findIndex(({ entity }) => entity === source);
  return {
    kind: "source",
    ...ownerPlan(context, source.name),
    topology: context.topology.name,
    source,
    entry: entryPlan(context, index),
    lane: index,
    orderedBy: context.options.ordered ? lineSinks(context).map(({ name }) => targetOf(context, name)) : [],
  };
}

function ownerPlan(context: Context, name: string) {
  return {
    name,
    owner: ownersOf(context).indexOf(name),
    answers: answersInbox(context.options, name),
    proxies: proxyAddresses(context),
  };
}

function entryPlan(context: Context, index: number): EntryPlan {
  const { to, entity } = entriesOf(context.topology)[index]!;
  return {
    targets: to.map((name) => targetOf(context, name)),
    origin: isGathered(context, { kind: "copies", origin: { entry: index } }) ? entryOrigin(index) : undefined,
    priority: entity.priority,
  };
}
