import { loadGraph } from "../graph/load.js";
import { formatDiagnostic } from "../topology/diagnostic.js";
import type { Diagnostic } from "../topology/types.js";
import { count } from "./count.js";

/** What `validate` says of a file. */
export interface Verdict {
  readonly file: string;
  readonly ok: boolean;
  readonly stages: number;
  readonly workers: number;
  readonly edges: number;
  readonly diagnostics: readonly Diagnostic[];
}

export async function verdictOf(file: string): Promise<Verdict> {
  const loaded = await loadGraph(file);
  if (!loaded.ok) return { file, ok: false, stages: 0, workers: 0, edges: 0, diagnostics: loaded.diagnostics };
  const { stages, edges } = loaded.topology;
  const workers = stages.reduce((sum, stage) => sum + stage.workers.initial, 0);
  return { file, ok: true, stages: stages.length, workers, edges: edges.length, diagnostics: [] };
}

export function formatVerdict({ file, ok, stages, workers, edges, diagnostics }: Verdict): string {
  if (!ok) return diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n");
  return `${file}: ok (${count(stages, "stage")}, ${count(workers, "worker")}, ${count(edges, "edge")})`;
}
