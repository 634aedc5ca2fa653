import { decodeTopology } from "./decode/topology.js";
import type { FileReader } from "./files.js";
import { mergeSources } from "./merge.js";
import { Origins } from "./origins.js";
import type { Problem } from "./problem.js";
import { readSources, type Sources } from "./read.js";
import { topologyRules } from "./rules.js";
import type { Topology } from "./types.js";

/** A topology as far as it could be made out, with all that is wrong with it. */
export interface Draft {
  readonly topology: Topology;
  readonly origins: Origins;
  readonly problems: readonly Problem[];
  /** Every file could be read and every top-level key is known: nothing that seems missing may stand elsewhere. */
  readonly complete: boolean;
  /** The files that were read, for placing problems. */
  readonly texts: ReadonlyMap<string, string>;
}

/** The passes from text to topology: read and include, parse, merge, decode with defaults, validate. */
export function draftTopology(file: string, reader: FileReader): Draft {
  const sources = readSources(file, reader);
  const problems = [...sources.problems];
  const merged = mergeSources(sources.files, problems);
  const origins = new Origins();
  const complete = sources.problems.length === 0 && !problems.some((problem) => leavesDoubt(problem, sources));
  const topology = decodeTopology(file, merged, { reader, origins, problems });
  if (complete) validate({ topology, origins, problems });
  return { topology, origins, problems, complete, texts: sources.texts };
}

/** Only for complete data: what a missing file or a misspelt table would have defined is not known to be missing. */
function validate(draft: { topology: Topology; origins: Origins; problems: Problem[] }): void {
  for (const rule of topologyRules) draft.problems.push(...rule.check(draft));
}

/** Whether a table may be missing because of a problem of merging: not because of an unknown key with a plain value. */
function leavesDoubt({ file, path, at, other }: Problem, sources: Sources): boolean {
  if (other !== undefined || path.length > 1) return false;
  const data = sources.files.find((source) => source.file === file)?.data;
  return at !== "key" || typeof data?.[path[0]!] === "object";
}
