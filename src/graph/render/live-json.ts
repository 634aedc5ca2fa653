import type { Snapshot, StageSnapshot } from "../../metrics/snapshot.js";
import type { LiveGraph } from "../live.js";
import { edgeKey } from "./notes.js";

/** The graph of a run as one object: each node and edge as in the JSON of its topology, with what is measured on it. */
export function liveJson({ graph, notes }: LiveGraph, snapshot: Snapshot) {
  const { run, stages, server, sources } = snapshot;
  const counts = new Map(snapshot.edges.map((edge) => [edgeKey(edge), edge]));
  const measured = new Map<string, object>([
    ...stages.map((stage) => [stage.name, measuredOf(stage)] as const),
    ...sources.map(({ name, donePerSecond, pending, latency }) => {
      return [name, { perSecond: donePerSecond, pending, p99Ms: latency.p99Ms }] as const;
    }),
    ...(server === undefined
      ? []
      : [
          [
            "server",
            { perSecond: server.requestsPerSecond, pending: server.pending, p99Ms: server.latency.p99Ms },
          ] as const,
        ]),
  ]);
  return {
    name: run.name,
    state: run.state,
    uptimeMs: run.uptimeMs,
    nodes: graph.nodes.map((node) => ({ ...node, ...measured.get(node.name) })),
    edges: graph.edges.map((edge) => {
      const { count, perSecond } = counts.get(edgeKey(edge))!;
      return { ...edge, count, perSecond };
    }),
    bottleneck: notes.bottleneck ?? null,
  };
}

function measuredOf({ workers, depth, oldestMs, inFlight, inPerSecond, outPerSecond, wait, service }: StageSnapshot) {
  return {
    ready: workers.ready,
    idle: workers.idle,
    depth,
    oldestMs,
    inFlight,
    inPerSecond,
    outPerSecond,
    waitP50Ms: wait.p50Ms,
    waitP99Ms: wait.p99Ms,
    serviceP50Ms: service.p50Ms,
    serviceP99Ms: service.p99Ms,
  };
}
