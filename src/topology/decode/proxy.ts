import { aWholeNumber, oneOf } from "../kinds.js";
import { checkName } from "../names.js";
import type { Located } from "../problem.js";
import { Table } from "../table.js";
import { POLICIES, type Proxy as ProxyTuning } from "../types.js";
import type { Context } from "./context.js";

const MOST_JOBS = 1_000_000_000;

/** With those that it runs, as many as one message of a worker can name. */
const MOST_AHEAD = 50_000;

const aPolicy = oneOf(POLICIES);

/** `[proxies.X]`; when X is the name of a stage, it tunes the proxy of that stage and needs no `stages`. */
export function decodeProxy(
  name: string,
  located: Located,
  tunesStage: boolean,
  context: Context,
): ProxyTuning | undefined {
  const table = Table.open(located, `[proxies.${name}]`, context.problems);
  if (table === undefined) return undefined;
  if (!tunesStage) checkName("proxy", name, located, context.problems);
  const proxy: ProxyTuning = {
    name,
    stages: tunesStage && !table.has("stages") ? [name] : table.names("stages", "the name of a stage"),
    prefetch: table.get("prefetch", aWholeNumber(0, MOST_AHEAD), undefined),
    policy: table.get("policy", aPolicy, "fifo"),
    maxQueued: table.get("max_queued", aWholeNumber(1, MOST_JOBS), undefined),
  };
  table.finish();
  context.origins.set(proxy, located);
  return proxy;
}
