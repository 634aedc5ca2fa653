import type { Family } from "./family.js";

/** The run itself, what jobs come from, and the edges. */
export const runFamilies: readonly Family[] = [
  {
    name: "zpipe_run_info",
    help: "The run: always 1.",
    labels: ["placement", "transport", "topology"],
    samples: { type: "gauge", read: ({ run }) => [[[run.placement, run.transport, run.topology], 1]] },
  },
  {
    name: "zpipe_run_up",
    help: "Whether the run takes work: 1 while it is running, 0 while it starts or drains.",
    labels: [],
    samples: { type: "gauge", read: ({ run }) => [[[], run.state === "running" ? 1 : 0]] },
  },
  {
    name: "zpipe_run_uptime_seconds",
    help: "Time since the run was started.",
    labels: [],
    samples: { type: "gauge", read: ({ run }) => [[[], run.uptimeMs / 1000]] },
  },
  {
    name: "zpipe_server_requests_total",
    help: "HTTP requests that have come, whatever became of them.",
    labels: [],
    samples: { type: "counter", read: ({ server }) => (server ? [[[], server.requests]] : []) },
  },
  {
    name: "zpipe_server_responses_total",
    help: "HTTP answers by status and route; an empty route: of none.",
    labels: ["status", "route"],
    samples: {
      type: "counter",
      read: ({ server }) =>
        (server?.routes ?? []).flatMap(({ path, statuses }) =>
          Object.entries(statuses).map(([status, count]) => [[status, path], count] as const),
        ),
    },
  },
  {
    name: "zpipe_server_requests_in_flight",
    help: "Requests that are not answered yet.",
    labels: [],
    samples: { type: "gauge", read: ({ server }) => (server ? [[[], server.pending]] : []) },
  },
  {
    name: "zpipe_server_request_duration_seconds",
    help: "Time from the admission of a request to its answer or failure.",
    labels: [],
    samples: { type: "histogram", read: ({ server }) => (server ? [[[], server.latency]] : []) },
  },
  {
    name: "zpipe_source_jobs_finished",
    help: "Jobs of its input that a source is through with, those before its checkpoint included; it may go back when the source is started again.",
    labels: ["source", "outcome"],
    samples: {
      type: "gauge",
      read: ({ sources }) =>
        sources.flatMap(({ name, done, failed }) => [
          [[name, "done"], done],
          [[name, "failed"], failed],
        ]),
    },
  },
  {
    name: "zpipe_source_jobs_in_flight",
    help: "Jobs of a source that are in the graph.",
    labels: ["source"],
    samples: { type: "gauge", read: ({ sources }) => sources.map(({ name, pending }) => [[name], pending]) },
  },
  {
    name: "zpipe_source_ticks_skipped_total",
    help: "Ticks left out since the one before was not done.",
    labels: ["source"],
    samples: { type: "counter", read: ({ sources }) => sources.map(({ name, skipped }) => [[name], skipped]) },
  },
  {
    name: "zpipe_source_progress_ratio",
    help: "How much of its input a source has read, from 0 to 1, where that is known.",
    labels: ["source"],
    samples: {
      type: "gauge",
      read: ({ sources }) =>
        sources.flatMap(({ name, progress }) => (progress === undefined ? [] : [[[name], progress] as const])),
    },
  },
  {
    name: "zpipe_source_job_duration_seconds",
    help: "Time from the admission of a job to its end.",
    labels: ["source"],
    samples: { type: "histogram", read: ({ sources }) => sources.map(({ name, latency }) => [[name], latency]) },
  },
  {
    name: "zpipe_edge_jobs_total",
    help: "Jobs that have gone along an edge, those that were sent again included; home: answers, failures and acknowledgements.",
    labels: ["from", "to"],
    samples: { type: "counter", read: ({ edges }) => edges.map(({ from, to, count }) => [[from, to], count]) },
  },
];
