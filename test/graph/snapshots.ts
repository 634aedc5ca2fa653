import type { Snapshot, StageSnapshot, TimesSnapshot } from "../../src/metrics/snapshot.js";

const NEVER: TimesSnapshot = {
  count: 0,
  meanMs: 0,
  p50Ms: 0,
  p90Ms: 0,
  p99Ms: 0,
  maxMs: 0,
  total: { count: 0, sumMs: 0, hdr: "" },
};

export function stageSnapshot(name: string, changes: Partial<StageSnapshot> = {}): StageSnapshot {
  return {
    name,
    role: "stage",
    workers: { wanted: 2, ready: 2, remote: 0, idle: 2 },
    depth: 0,
    oldestMs: 0,
    scaling: undefined,
    utilisation: 0,
    inFlight: 0,
    gathering: 0,
    inPerSecond: 0,
    outPerSecond: 0,
    received: 0,
    done: 0,
    failed: 0,
    redelivered: 0,
    dropped: 0,
    wait: NEVER,
    service: NEVER,
    ...changes,
  };
}

/** A source that feeds a stage, which goes round or on to a sink; the stage is hard at work. */
export const COLLATZ: Snapshot = {
  run: {
    name: "collatz",
    state: "running",
    pid: 7,
    url: undefined,
    metricsUrl: undefined,
    uptimeMs: 8000,
    placement: "separate",
    transport: "ipc",
    topology: "/t/collatz.toml",
  },
  nodes: [],
  stages: [
    stageSnapshot("step", {
      workers: { wanted: 2, ready: 1, remote: 0, idle: 0 },
      depth: 12,
      oldestMs: 2500,
      inFlight: 3,
      utilisation: 0.97,
      wait: { ...NEVER, count: 9, p99Ms: 1.23 },
      service: { ...NEVER, count: 9, p99Ms: 340 },
    }),
    stageSnapshot("out", { role: "sink", workers: { wanted: 1, ready: 1, remote: 0, idle: 1 } }),
  ],
  edges: [
    { from: "numbers", to: "step", loopback: false, chosen: false, cycle: false, count: 90, perSecond: 12.3 },
    { from: "step", to: "step", loopback: false, chosen: true, cycle: true, count: 900, perSecond: 1230 },
    { from: "step", to: "out", loopback: false, chosen: true, cycle: false, count: 80, perSecond: 11 },
    { from: "out", to: "numbers", loopback: true, chosen: false, cycle: false, count: 80, perSecond: 11 },
  ],
  server: undefined,
  sources: [
    {
      name: "numbers",
      state: "reading",
      after: [],
      pending: 10,
      done: 80,
      failed: 0,
      skipped: 0,
      donePerSecond: 11,
      progress: 0.5,
      latency: NEVER,
    },
  ],
};
