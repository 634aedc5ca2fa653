import { resolve } from "node:path";
import { draftTopology } from "../topology/draft.js";
import { diskReader, type FileReader } from "../topology/files.js";
import { placeProblems } from "../topology/place.js";
import type { Diagnostic, Topology } from "../topology/types.js";
import { buildGraph } from "./build.js";
import type { Graph } from "./types.js";
import { checkGraph } from "./validate.js";

export type LoadGraphResult =
  | { readonly ok: true; readonly topology: Topology; readonly graph: Graph }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Loads a topology file and its graph; what is wrong with either comes back as diagnostics, all at once. */
export async function loadGraph(file: string, reader: FileReader = diskReader): Promise<LoadGraphResult> {
  const draft = draftTopology(resolve(file), reader);
  const problems = [...draft.problems, ...checkGraph(draft)];
  if (problems.length > 0) return { ok: false, diagnostics: await placeProblems(problems, draft.texts) };
  return { ok: true, topology: draft.topology, graph: buildGraph(draft.topology) };
}
