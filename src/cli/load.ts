import { ExitCode, ZpipeError } from "../errors.js";
import type { Graph } from "../graph/types.js";
import { formatDiagnostic } from "../topology/diagnostic.js";
import type { Diagnostic, Topology } from "../topology/types.js";

export interface Loaded {
  readonly topology: Topology;
  readonly graph: Graph;
}

/** Loads a topology that has to be right: its diagnostics are the error. */
export async function loadOrFail(file: string): Promise<Loaded> {
  const { loadGraph } = await import("../graph/load.js");
  const loaded = await loadGraph(file);
  if (loaded.ok) return loaded;
  throw invalidTopology(loaded.diagnostics);
}

function invalidTopology(diagnostics: readonly Diagnostic[]): ZpipeError {
  const message = diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n");
  return new ZpipeError(message, { code: "invalid-topology", exitCode: ExitCode.usage, details: { diagnostics } });
}
