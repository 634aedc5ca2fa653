import { unreachable } from "../errors.js";
import type { LiveGraph } from "../graph/live.js";
import { NO_NOTES } from "../graph/render/notes.js";
import type { Graph } from "../graph/types.js";
import { formatDuration } from "../metrics/format.js";
import type { Snapshot } from "../metrics/snapshot.js";

export const GRAPH_FORMATS = ["ascii", "mermaid", "dot", "svg", "json"] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/** The graph of a topology. */
export async function renderGraph(graph: Graph, format: GraphFormat): Promise<string> {
  if (format === "json") return (await import("../graph/render/json.js")).renderJson(graph);
  return draw({ graph, notes: NO_NOTES }, format, graph.name);
}

/** The graph of a run, with what is measured on it just now. */
export async function renderLive(snapshot: Snapshot, format: GraphFormat): Promise<string> {
  const { liveGraphOf } = await import("../graph/live.js");
  const live = liveGraphOf(snapshot);
  if (format === "json") return JSON.stringify(await liveGraphJson(snapshot), null, 2);
  const { name, state, uptimeMs } = snapshot.run;
  const title = `${name}: ${state} for ${formatDuration(uptimeMs)}`;
  const drawn = await draw(live, format, title);
  return format === "ascii" ? `${title}\n\n${drawn}` : drawn;
}

export async function liveGraphJson(snapshot: Snapshot): Promise<object> {
  const [{ liveGraphOf }, { liveJson }] = await Promise.all([
    import("../graph/live.js"),
    import("../graph/render/live-json.js"),
  ]);
  return liveJson(liveGraphOf(snapshot), snapshot);
}

async function draw({ graph, notes }: LiveGraph, format: Exclude<GraphFormat, "json">, title: string): Promise<string> {
  switch (format) {
    case "ascii":
      return (await import("../graph/render/ascii.js")).renderAscii(graph, process.stdout.columns, notes);
    case "mermaid":
      return (await import("../graph/render/mermaid.js")).renderMermaid(graph, notes);
    case "dot":
      return (await import("../graph/render/dot.js")).renderDot(graph, notes);
    case "svg":
      return (await import("../graph/render/svg/svg.js")).renderSvg(graph, notes, title);
    default:
      return unreachable(format);
  }
}
