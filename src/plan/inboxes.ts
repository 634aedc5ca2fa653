import { type Context, lineSinks, ownersOf, type PlanOptions, type Pool, targetOf } from "./context.js";
import type { InboxPlan, OwnerAddress, ProxyAddress } from "./types.js";

export function answersInbox(options: PlanOptions, owner: string): InboxPlan {
  return { name: `${owner}/answers`, medium: mediumOfCore(options) };
}

export function jobsInbox(options: PlanOptions, name: string): InboxPlan {
  return { name: `${name}/jobs`, medium: mediumOfCore(options) };
}

export function workersInbox(pool: Pool): string {
  return `${pool.name}/workers`;
}

/** Owners, proxies and sinks share a process, unless each node has its own. */
function mediumOfCore({ placement, transport }: PlanOptions): InboxPlan["medium"] {
  return placement === "separate" ? transport : "memory";
}

export function proxyAddresses(context: Context): ProxyAddress[] {
  const { options, pools } = context;
  return [...pools, ...lineSinks(context).map(({ name }) => ({ name, stages: [name] }))].map(({ name, stages }) => ({
    jobs: jobsInbox(options, name).name,
    stages: stages.map((stage) => targetOf(context, stage)),
  }));
}

export function ownerAddresses(context: Context): readonly OwnerAddress[] {
  return ownersOf(context).map((name, owner) => ({ owner, answers: answersInbox(context.options, name).name }));
}
