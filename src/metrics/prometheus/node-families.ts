import type { NodeSnapshot } from "../snapshot.js";
import type { Family } from "./family.js";

/** Nodes of one process share its memory and its time: what is of a process is told once for each process. */
export const nodeFamilies: readonly Family[] = [
  {
    name: "zpipe_node_up",
    help: "Whether a node does its work: 1, or 0 while it starts, drains, waits to be started again, or has failed.",
    labels: ["node", "kind", "stage", "process"],
    samples: {
      type: "gauge",
      read: ({ nodes }) =>
        nodes.map(({ name, kind, stage = "", process, state }) => [
          [name, kind, stage, process],
          state === "ready" || state === "running" ? 1 : 0,
        ]),
    },
  },
  perProcess("zpipe_process_resident_memory_bytes", "Resident memory.", "gauge", ({ rssBytes }) => rssBytes),
  perProcess("zpipe_process_cpu_seconds_total", "CPU time, of all its lives.", "counter", ({ cpuMs }) => cpuMs / 1000),
  perProcess("zpipe_process_restarts_total", "How often it was started again.", "counter", ({ restarts }) => restarts),
];

function perProcess(
  name: string,
  help: string,
  type: "gauge" | "counter",
  value: (node: NodeSnapshot) => number,
): Family {
  const read = ({ nodes }: { readonly nodes: readonly NodeSnapshot[] }) => {
    // Nothing is known of processes on other hosts.
    const own = nodes.filter(({ remote }) => !remote);
    const hosts = new Map(own.map((node) => [node.process, node])).values();
    return [...hosts].map((node) => [[node.process], value(node)] as const);
  };
  return { name, help, labels: ["process"], samples: { type, read } };
}
