import { basename } from "node:path";
import { aDuration, aWholeNumber, type Kind, oneOf } from "../kinds.js";
import type { Merged } from "../merge.js";
import { isPlainName, PLAIN_NAME } from "../names.js";
import { Table } from "../table.js";
import { PLACEMENTS, type Topology } from "../types.js";
import type { Context } from "./context.js";
import { decodeDiscovery } from "./discovery.js";
import { decodeEdges } from "./edges.js";
import { decodeMetrics } from "./metrics.js";
import { decodeProxy } from "./proxy.js";
import { decodeSample } from "./sample.js";
import { decodeServer } from "./server.js";
import { decodeSink } from "./sink.js";
import { decodeSource } from "./source.js";
import { decodeStage } from "./stage.js";
import { decodeTest } from "./test.js";
import { toValue } from "./value.js";

const DEFAULT_MAX_HOPS = 1000;
const MOST_HOPS = 1_000_000_000;
const DEFAULT_DRAIN_MS = 10_000;

/** Merged data to a topology with every default filled in. What is wrong is noted, and stands as its default. */
export function decodeTopology(file: string, merged: Merged, context: Context): Topology {
  const least = merged.discovery === undefined ? 1 : 0;
  const topology: Topology = {
    name: decodeName(file, merged, context),
    file,
    placement: setting(merged, "placement", oneOf(PLACEMENTS), context) ?? "separate",
    maxHops: setting(merged, "max_hops", aWholeNumber(1, MOST_HOPS), context) ?? DEFAULT_MAX_HOPS,
    drainMs: setting(merged, "drain", aDuration, context) ?? DEFAULT_DRAIN_MS,
    server: merged.server === undefined ? undefined : decodeServer(merged.server, merged.routes, context),
    sources: [...merged.sources].flatMap(([name, located]) => decodeSource(name, located, context) ?? []),
    stages: [
      ...[...merged.stages].flatMap(([name, located]) => decodeStage(name, located, least, context) ?? []),
      ...[...merged.sinks].flatMap(([name, located]) => decodeSink(name, located, context) ?? []),
    ],
    proxies: [...merged.proxies].flatMap(
      ([name, located]) => decodeProxy(name, located, merged.stages.has(name) || merged.sinks.has(name), context) ?? [],
    ),
    edges: merged.edges.flatMap((located) => decodeEdges(located, context)),
    metadata: Object.fromEntries(
      [...merged.metadata].map(([name, located]) => [name, toValue(located, context)] as const),
    ),
    samples: merged.samples.flatMap((located) => decodeSample(located, context)),
    tests: merged.tests.flatMap((located) => decodeTest(located, context)),
    discovery: merged.discovery && decodeDiscovery(merged.discovery, context),
    metrics: merged.metrics && decodeMetrics(merged.metrics, context),
  };
  context.origins.set(topology, { file, path: [] });
  return topology;
}

const topologyName: Kind<string> = {
  expected: `a name (${PLAIN_NAME})`,
  read: (value) => (typeof value === "string" && isPlainName(value) ? value : undefined),
};

function decodeName(file: string, merged: Merged, context: Context): string {
  const name = basename(file).replace(/\.toml$/, "");
  if (merged.settings.has("name")) return setting(merged, "name", topologyName, context) ?? name;
  if (!isPlainName(name) && !context.problems.some((problem) => problem.file === file && problem.path.length === 0)) {
    const message = `the name of the file cannot be the name of the topology: a name is ${PLAIN_NAME}`;
    context.problems.push({ file, path: [], message, hint: 'begin the file with name = "…"' });
  }
  return name;
}

function setting<T>(merged: Merged, key: string, kind: Kind<T>, context: Context): T | undefined {
  const located = merged.settings.get(key);
  if (located === undefined) return undefined;
  const place = { file: located.file, path: [] };
  return new Table({ [key]: located.value }, place, "the topology", context.problems).get(key, kind, undefined);
}
