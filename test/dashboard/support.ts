import type { Live } from "../../src/dashboard/live.js";
import type { UiState } from "../../src/dashboard/state.js";
import { FIRST_STATE } from "../../src/dashboard/state.js";
import { textOf } from "../../src/dashboard/style.js";
import { view } from "../../src/dashboard/view.js";
import type { EdgeSnapshot, NodeSnapshot, Snapshot, StageSnapshot, TimesSnapshot } from "../../src/metrics/snapshot.js";

export function times(p50Ms = 0, p99Ms = p50Ms): TimesSnapshot {
  const count = p50Ms === 0 ? 0 : 10;
  const total = { count, sumMs: count * p50Ms, hdr: "" };
  return { count, meanMs: p50Ms, p50Ms, p90Ms: p99Ms, p99Ms, maxMs: p99Ms, total };
}

export function stage(name: string, changes: Partial<StageSnapshot> = {}): StageSnapshot {
  return {
    name,
    role: "stage",
    scaling: undefined,
    workers: { wanted: 2, ready: 2, remote: 0, idle: 1 },
    depth: 0,
    oldestMs: 0,
    utilisation: 0.1,
    inFlight: 1,
    gathering: 0,
    inPerSecond: 45.4,
    outPerSecond: 45.4,
    received: 277,
    done: 276,
    failed: 0,
    redelivered: 0,
    dropped: 0,
    wait: times(0.56, 19),
    service: times(0.044, 0.073),
    ...changes,
  };
}

export function node(name: string, kind: NodeSnapshot["kind"], changes: Partial<NodeSnapshot> = {}): NodeSnapshot {
  const stageName = kind === "worker" ? name.split(".")[0] : undefined;
  const process = name;
  const state = "running";
  const rssBytes = 56 * 2 ** 20;
  const advertises = undefined;
  const own = { pid: 27_548, restarts: 0, uptimeMs: 8_000, cpuPercent: 4.1, cpuMs: 330, remote: false };
  return { name, kind, stage: stageName, process, state, rssBytes, advertises, ...own, ...changes };
}

export function edge(from: string, to: string, changes: Partial<EdgeSnapshot> = {}): EdgeSnapshot {
  return { from, to, loopback: false, chosen: false, cycle: false, count: 276, perSecond: 45.4, ...changes };
}

/** euler6 at work; `square` has a backlog, and its workers no rest. */
export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  const stages = [
    stage("sum"),
    stage("square", { depth: 120, oldestMs: 2_600, utilisation: 0.97, failed: 3, redelivered: 1 }),
    stage("difference", { workers: { wanted: 1, ready: 0, remote: 0, idle: 0 } }),
  ];
  return {
    run: {
      name: "euler6",
      state: "running",
      pid: 27_536,
      url: "http://127.0.0.1:8080",
      metricsUrl: undefined,
      uptimeMs: 8_000,
      placement: "separate",
      transport: "ipc",
      topology: "/nowhere/euler6.toml",
    },
    nodes: [
      node("server", "server"),
      ...stages.map(({ name }) => node(name, "proxy")),
      ...stages.flatMap(({ name, workers }) =>
        Array.from({ length: workers.wanted }, (_, index) => node(`${name}.${index + 1}`, "worker")),
      ),
    ],
    stages,
    edges: [
      edge("server", "sum"),
      edge("server", "square"),
      edge("sum", "difference"),
      edge("square", "difference"),
      edge("difference", "server", { loopback: true }),
    ],
    server: {
      pending: 3,
      requests: 278,
      requestsPerSecond: 45.4,
      statuses: { 200: 276, 503: 2 },
      routes: [{ path: "/", statuses: { 200: 276, 503: 2 } }],
      latency: times(3.3, 42),
    },
    sources: [],
    ...changes,
  };
}

export function live(changes: Partial<Live> = {}): Live {
  return {
    name: "euler6",
    link: "live",
    snapshot: snapshot(),
    history: [],
    logs: [],
    heardAt: 1_000,
    now: 1_000,
    ...changes,
  };
}

/** The screen as text, a line each, blanks at the end left out. */
export function screen(shown: Live, width: number, height: number, changes: Partial<UiState> = {}): readonly string[] {
  const { rows } = view(shown, { ...FIRST_STATE, ...changes }, { width, height });
  return rows.map((row) => textOf(row).trimEnd());
}
