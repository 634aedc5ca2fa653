import { devNull } from "node:os";
import type { Topology } from "../topology/types.js";

/** For a run that does not count: it writes no results, and neither uses nor moves a checkpoint. */
export function dry(topology: Topology): Topology {
  const nowhere = { kind: "file" as const, path: devNull };
  const stages = topology.stages.map((stage) =>
    stage.run.kind === "stdout" || stage.run.kind === "file" ? { ...stage, run: nowhere } : stage,
  );
  return { ...topology, stages, sources: topology.sources.map((source) => ({ ...source, checkpoint: undefined })) };
}
