import type { Snapshot, TimesSnapshot } from "../../src/metrics/snapshot.js";
import { TimeHistogram } from "../../src/metrics/time-histogram.js";

/** What was seen so often, each time in ms, since the run began and in the last few seconds. */
export function timesOf(...ms: readonly number[]): TimesSnapshot {
  const histogram = new TimeHistogram();
  for (const each of ms) histogram.record(each * 1000);
  const { count, sumUs, hdr } = histogram.times();
  return { ...histogram.summary(), total: { count, sumMs: sumUs / 1000, hdr } };
}

const ROUTES = [
  { path: "/orders/:id", statuses: { 200: 2 } },
  { path: "", statuses: { 503: 1 } },
];

/** A run with one of everything: two nodes share a process, a worker is on another host. */
export const SNAPSHOT: Snapshot = {
  run: {
    name: 'a "quoted" run',
    state: "running",
    pid: 1,
    url: "http://127.0.0.1:8080",
    metricsUrl: "http://127.0.0.1:9464/metrics",
    uptimeMs: 61_500,
    placement: "hub",
    transport: "ipc",
    topology: "/t/main.toml",
  },
  nodes: [
    node("server", "server", { process: "hub", pid: 2, cpuMs: 1500, rssBytes: 100 }),
    node("work", "proxy", { process: "hub", pid: 2, cpuMs: 1500, rssBytes: 100 }),
    node("work.1", "worker", {
      stage: "work",
      pid: 3,
      cpuMs: 20,
      rssBytes: 50,
      state: "waiting",
      restarts: 2,
      advertises: { tiles: ["4"] },
    }),
    node("guest.1", "worker", { stage: "work", remote: true }),
  ],
  stages: [
    {
      name: "work",
      role: "stage",
      workers: { wanted: 1, ready: 0, remote: 1, idle: 1 },
      scaling: { reason: "2 → 1: by hand", at: 1_767_225_600_000 },
      depth: 4,
      oldestMs: 250,
      utilisation: 0.5,
      inFlight: 2,
      gathering: 1,
      inPerSecond: 1,
      outPerSecond: 1,
      received: 10,
      done: 4,
      failed: 1,
      redelivered: 3,
      dropped: 2,
      wait: timesOf(),
      service: timesOf(0.2, 3, 3, 70, 400_000),
    },
  ],
  edges: [{ from: "server", to: "work", loopback: false, chosen: false, cycle: false, count: 10, perSecond: 1 }],
  server: {
    pending: 6,
    requests: 9,
    requestsPerSecond: 1,
    statuses: { 200: 2, 503: 1 },
    routes: ROUTES,
    latency: timesOf(20),
  },
  sources: [
    {
      name: "jobs",
      state: "reading",
      after: [],
      pending: 1,
      done: 5,
      failed: 1,
      skipped: 7,
      donePerSecond: 1,
      progress: 0.25,
      latency: timesOf(10),
    },
  ],
};

type Node = Snapshot["nodes"][number];

function node(name: string, kind: Node["kind"], changes: Partial<Node>): Node {
  return {
    name,
    kind,
    stage: undefined,
    remote: false,
    process: name,
    pid: undefined,
    state: "running",
    restarts: 0,
    uptimeMs: 1000,
    rssBytes: 0,
    cpuPercent: 0,
    cpuMs: 0,
    advertises: undefined,
    ...changes,
  };
}
