import type { StageSnapshot, TimesSnapshot } from "../snapshot.js";
import type { Family } from "./family.js";

export const stageFamilies: readonly Family[] = [
  gauge("zpipe_stage_queue_depth", "Jobs in the queue of a stage.", ({ depth }) => depth),
  gauge("zpipe_stage_oldest_job_age_seconds", "Age of the oldest queued job.", ({ oldestMs }) => oldestMs / 1000),
  gauge("zpipe_stage_jobs_in_flight", "Jobs that workers have and have not settled.", ({ inFlight }) => inFlight),
  gauge("zpipe_stage_joins_waiting", "Joins that wait for parts.", ({ gathering }) => gathering),
  gauge("zpipe_stage_workers_wanted", "Workers that a stage is to have.", ({ workers }) => workers.wanted),
  gauge("zpipe_stage_workers_ready", "Workers that are at work.", ({ workers }) => workers.ready),
  gauge("zpipe_stage_workers_remote", "Workers on other hosts, beside those.", ({ workers }) => workers.remote),
  gauge("zpipe_stage_workers_idle", "Workers that have nothing to do.", ({ workers }) => workers.idle),
  gauge(
    "zpipe_stage_utilisation_ratio",
    "Share of its workers' time that a stage spent in the handler in the last few seconds.",
    ({ utilisation }) => utilisation,
  ),
  counter("zpipe_stage_jobs_received_total", "Jobs that have come to a stage.", ({ received }) => received),
  counter("zpipe_stage_jobs_done_total", "Jobs that a stage has done.", ({ done }) => done),
  counter("zpipe_stage_jobs_failed_total", "Jobs that have failed at a stage.", ({ failed }) => failed),
  counter("zpipe_stage_jobs_redelivered_total", "Jobs given to another worker.", ({ redelivered }) => redelivered),
  counter("zpipe_stage_jobs_dropped_total", "Jobs dropped: expired or cancelled.", ({ dropped }) => dropped),
  histogram("zpipe_stage_wait_seconds", "Time from a job's arrival until its handler starts.", ({ wait }) => wait),
  histogram("zpipe_stage_service_seconds", "Time in the handler.", ({ service }) => service),
];

function gauge(name: string, help: string, value: (stage: StageSnapshot) => number): Family {
  return { name, help, labels: ["stage"], samples: { type: "gauge", read: ({ stages }) => byStage(stages, value) } };
}

function counter(name: string, help: string, value: (stage: StageSnapshot) => number): Family {
  return { name, help, labels: ["stage"], samples: { type: "counter", read: ({ stages }) => byStage(stages, value) } };
}

function histogram(name: string, help: string, value: (stage: StageSnapshot) => TimesSnapshot): Family {
  return {
    name,
    help,
    labels: ["stage"],
    samples: { type: "histogram", read: ({ stages }) => byStage(stages, value) },
  };
}

function byStage<T>(stages: readonly StageSnapshot[], value: (stage: StageSnapshot) => T) {
  return stages.map((stage) => [[stage.name], value(stage)] as const);
}
