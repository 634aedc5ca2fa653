import type { Snapshot, StageSnapshot } from "../metrics/snapshot.js";
import type { Topology } from "../topology/types.js";
import { exampleCurl } from "./curl.js";

/** What `up` says when the run takes requests, so many ms after it was called. */
export function announcement({ run, stages }: Snapshot, topology: Topology, tookMs: number): string {
  const width = Math.max(...stages.map((stage) => stage.name.length), "server".length);
  const line = (name: string, text: string) => `  ${name.padEnd(width)}  ${text}`;
  const curl = run.url === undefined ? undefined : exampleCurl(topology, run.url);
  return [
    `${run.name} is up (pid ${run.pid}, ${run.placement}, ${run.transport}, ${(tookMs / 1000).toFixed(1)} s)`,
    ...(run.url === undefined ? [] : [line("server", run.url)]),
    ...stages.map((stage) => line(stage.name, workers(stage))),
    ...(curl === undefined ? [] : ["Send it a request:", `  ${curl}`]),
  ].join("\n");
}

function workers({ workers: { wanted } }: StageSnapshot): string {
  return wanted === 1 ? "1 worker" : `${wanted} workers`;
}
