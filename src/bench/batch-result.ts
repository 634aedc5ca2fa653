import { ExitCode, ZpipeError } from "../errors.js";
import type { SourceSummary } from "../plan/child.js";
import type { MeasureOptions } from "./options.js";
import type { BatchResult } from "./result.js";
import type { Moment } from "./stage-results.js";

/** How long a given number of jobs took, beside what it takes to do nothing but these jobs. */
export function batchResult(
  { topology, jobs = 0, jobMs }: Pick<MeasureOptions, "topology" | "jobs" | "jobMs">,
  summary: SourceSummary,
  { snapshot }: Moment,
): BatchResult {
  if (summary.done + summary.failed < jobs) throw tooFew(topology.sources[0]!.name, jobs, summary);
  const stages = snapshot.stages.map(({ name, workers, service: { total } }) => {
    const { concurrency = 1 } = topology.stages.find((stage) => stage.name === name) ?? {};
    const parallel = workers.wanted * concurrency;
    return { parallel, count: total.count, busyMs: total.sumMs / parallel };
  });
  // All stages work at the same time: what one of them does while another is busy costs nothing.
  const { parallel, count, busyMs } = stages.reduce((most, stage) => (stage.busyMs > most.busyMs ? stage : most));
  const idealMs = jobMs === undefined ? busyMs : (jobMs * count) / parallel;
  const measuredMs = summary.tookMs;
  return { jobs, parallel, idealMs, measuredMs, overhead: measuredMs / idealMs - 1 };
}

function tooFew(source: string, jobs: number, { done, failed }: SourceSummary): ZpipeError {
  return new ZpipeError(`${source} made only ${done + failed} of ${jobs} jobs`, {
    code: "too-few-jobs",
    exitCode: ExitCode.usage,
    hints: ["Ask for fewer with --jobs, or give it more to read."],
  });
}
