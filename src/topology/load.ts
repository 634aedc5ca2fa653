import { resolve } from "node:path";
import { draftTopology } from "./draft.js";
import { diskReader, type FileReader } from "./files.js";
import { placeProblems } from "./place.js";
import type { Diagnostic, Topology } from "./types.js";

export { formatDiagnostic } from "./diagnostic.js";

export type LoadResult =
  | { readonly ok: true; readonly topology: Topology }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Loads a topology file with its includes. Never rejects for a user's mistake: those come back as diagnostics, all at
 * once, sorted by place. What needs the graph (reachability, cycles, joins) is checked by `loadGraph`.
 */
export async function loadTopology(file: string, reader: FileReader = diskReader): Promise<LoadResult> {
  const draft = draftTopology(resolve(file), reader);
  if (draft.problems.length === 0) return { ok: true, topology: draft.topology };
  return { ok: false, diagnostics: await placeProblems(draft.problems, draft.texts) };
}
