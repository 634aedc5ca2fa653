import { loadGraph } from "../graph/load.js";
import { formatDiagnostic } from "../topology/diagnostic.js";
import type { Diagnostic, Run } from "../topology/types.js";
import { count } from "./count.js";

/** What `validate` says of a file. */
export interface Verdict {
  readonly file: string;
  readonly ok: boolean;
  readonly sources: number;
  readonly stages: number;
  readonly sinks: number;
  /** Of stages, and of sinks that are modules: those that write lines have none. */
  readonly workers: number;
  readonly edges: number;
  readonly diagnostics: readonly Diagnostic[];
}

export async function verdictOf(file: string): Promise<Verdict> {
  const loaded = await loadGraph(file);
  if (!loaded.ok) return { file, ok: false, ...NOTHING, diagnostics: loaded.diagnostics };
  const { sources, stages, edges } = loaded.topology;
  const sinks = stages.filter(({ role }) => role === "sink").length;
  const counts = {
    sources: sources.length,
    stages: stages.length - sinks,
    sinks,
    workers: stages.reduce((sum, stage) => sum + (writesLines(stage.run) ? 0 : stage.workers.initial), 0),
    edges: edges.length,
  };
  return { file, ok: true, ...counts, diagnostics: [] };
}

const NOTHING = { sources: 0, stages: 0, sinks: 0, workers: 0, edges: 0 };

function writesLines({ kind }: Run): boolean {
  return kind === "stdout" || kind === "file";
}

export function formatVerdict({ file, ok, diagnostics, ...counts }: Verdict): string {
  if (!ok) return diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n");
  const { sources, stages, sinks, workers, edges } = counts;
  const parts = [
    ...(sources > 0 ? [count(sources, "source")] : []),
    ...(stages > 0 ? [count(stages, "stage")] : []),
    ...(sinks > 0 ? [count(sinks, "sink")] : []),
    count(workers, "worker"),
    count(edges, "edge"),
  ];
  return `${file}: ok (${parts.join(", ")})`;
}
