import { bottleneckOf } from "../metrics/bottleneck.js";
import { formatAmount, formatDuration, formatMs } from "../metrics/format.js";
import type {
  EdgeSnapshot,
  ServerSnapshot,
  Snapshot,
  SourceSnapshot,
  StageSnapshot,
  TimesSummary,
} from "../metrics/snapshot.js";
import { SERVER } from "../topology/types.js";
import { edgeKey, type Notes } from "./render/notes.js";
import type { Graph, GraphEdge, GraphNode } from "./types.js";

/** The graph of a run, and what is to be written on it. */
export interface LiveGraph {
  readonly graph: Graph;
  readonly notes: Notes;
}

/** The graph that runs, whatever its file says by now, with rates on its edges and depths and times on its nodes. */
export function liveGraphOf(snapshot: Snapshot): LiveGraph {
  const { server, sources, stages, edges } = snapshot;
  const busiest = Math.max(...edges.map(({ perSecond }) => perSecond), 0);
  const entries = entriesOf(snapshot);
  return {
    graph: {
      name: snapshot.run.name,
      nodes: [
        ...[...entries].map((name): GraphNode => ({ name, kind: name === SERVER ? "server" : "source", workers: 0 })),
        ...stages.map(({ name, role, workers }): GraphNode => ({ name, kind: role, workers: workers.wanted })),
      ],
      edges: edges.map((edge) => graphEdge(edge, entries)),
      joins: [],
      after: sources.flatMap(({ name, after }) => after.map((before) => ({ from: before, to: name }))),
    },
    notes: {
      nodes: new Map([
        ...(server ? [[SERVER, serverLines(server)] as const] : []),
        ...sources.map((source) => [source.name, sourceLines(source)] as const),
        ...stages.map((stage) => [stage.name, stageLines(stage)] as const),
      ]),
      edges: new Map(
        edges.map((edge) => [
          edgeKey(edge),
          { text: `${formatAmount(edge.perSecond)}/s`, share: busiest === 0 ? 0 : edge.perSecond / busiest },
        ]),
      ),
      bottleneck: liveBottleneck(stages),
    },
  };
}

/** The server and the sources, those too that tell nothing of themselves because their process is gone. */
function entriesOf({ server, sources, stages, edges }: Snapshot): ReadonlySet<string> {
  const inner = new Set(stages.map(({ name }) => name));
  const ends = edges.flatMap(({ from, to }) => [from, to]).filter((name) => !inner.has(name));
  return new Set([...(server ? [SERVER] : []), ...sources.map(({ name }) => name), ...ends]);
}

/** The stage whose workers are busy most of the time, or behind which jobs queue; none while the run has it easy. */
export function liveBottleneck(stages: readonly StageSnapshot[]): string | undefined {
  if (stages.length === 0) return undefined;
  const { stage, by } = bottleneckOf(stages);
  const queued = stages.find(({ name }) => name === stage)!.depth;
  return by === "utilisation" || queued > 0 ? stage : undefined;
}

function graphEdge({ from, to, loopback, chosen, cycle }: EdgeSnapshot, entries: ReadonlySet<string>): GraphEdge {
  const kind = loopback ? "loopback" : entries.has(from) ? "entry" : chosen ? "choose" : "all";
  return { from, to, kind, back: cycle };
}

function serverLines({ requestsPerSecond, pending, latency }: ServerSnapshot): readonly string[] {
  return [`${formatAmount(requestsPerSecond)}/s, ${pending} pending`, ...timeLine("p99", latency)];
}

function sourceLines({ donePerSecond, pending, latency }: SourceSnapshot): readonly string[] {
  return [`${formatAmount(donePerSecond)}/s, ${pending} pending`, ...timeLine("p99", latency)];
}

function stageLines({ workers, depth, oldestMs, inFlight, wait, service }: StageSnapshot): readonly string[] {
  const missing = workers.ready < workers.wanted ? [`${workers.ready} of ${workers.wanted} ready`] : [];
  return [
    ...missing,
    `${depth} queued, ${inFlight} running`,
    ...(depth === 0 ? [] : [`oldest ${formatDuration(oldestMs)}`]),
    ...timeLine("p99 wait", wait),
    ...timeLine("p99 work", service),
  ];
}

function timeLine(title: string, { count, p99Ms }: TimesSummary): readonly string[] {
  return count === 0 ? [] : [`${title} ${formatMs(p99Ms)}ms`];
}
