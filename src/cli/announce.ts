import type { Snapshot, StageSnapshot } from "../metrics/snapshot.js";
import type { Topology } from "../topology/types.js";
import { exampleCurl } from "./curl.js";

/** What `up` says when the run takes requests, so many ms after it was called. */
export function announcement({ run, stages }: Snapshot, topology: Topology, tookMs: number): string {
  const rows = [
    ...(run.url === undefined ? [] : [["server", run.url] as const]),
    ...(run.metricsUrl === undefined ? [] : [["metrics", run.metricsUrl] as const]),
    ...stages.map((stage) => [stage.name, workers(stage)] as const),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const curl = run.url === undefined ? undefined : exampleCurl(topology, run.url);
  return [
    `${run.name} is up (pid ${run.pid}, ${run.placement}, ${run.transport}, ${(tookMs / 1000).toFixed(1)} s)`,
    ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`),
    ...(curl === undefined ? [] : ["Send it a request:", `  ${curl}`]),
  ].join("\n");
}

function workers({ workers: { wanted } }: StageSnapshot): string {
  return wanted === 1 ? "1 worker" : `${wanted} workers`;
}
