import type { NodeSnapshot, Snapshot } from "../metrics/snapshot.js";

export interface Usage {
  /** 100 is one core. */
  readonly cpuPercent: number;
  readonly rssBytes: number;
}

/** The nodes of a stage: its proxy or sink, then its workers. */
export function nodesOf({ nodes }: Snapshot, stage: string): readonly NodeSnapshot[] {
  return nodes.filter((node) => (node.kind === "worker" ? node.stage === stage : node.name === stage));
}

/** What the processes of a stage use; undefined when it shares all of them with others, so that nobody can tell. */
export function usageOfStage(snapshot: Snapshot, stage: string): Usage | undefined {
  const own = nodesOf(snapshot, stage);
  const shared = new Set(snapshot.nodes.filter((node) => !own.includes(node)).map(({ process }) => process));
  const alone = own.filter(({ process }) => !shared.has(process));
  return alone.length === 0 ? undefined : sum(alone);
}

/** Of all processes of the run but its supervisor. */
export function usageOfRun({ nodes }: Snapshot): Usage {
  return sum(nodes);
}

function sum(nodes: readonly NodeSnapshot[]): Usage {
  const processes = [...new Map(nodes.map((node) => [node.process, node])).values()];
  return {
    cpuPercent: processes.reduce((total, { cpuPercent }) => total + cpuPercent, 0),
    rssBytes: processes.reduce((total, { rssBytes }) => total + rssBytes, 0),
  };
}
