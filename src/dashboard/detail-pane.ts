import { formatAdvertised, formatAmount, formatBytes, formatDuration } from "../metrics/format.js";
import type { NodeSnapshot, StageSnapshot, TimesSnapshot } from "../metrics/snapshot.js";
import { busyWorkers, formatTime } from "./columns.js";
import { depthOf, type History, sparkline, throughputOf } from "./history.js";
import { BAD, BAR, PLAIN, type Row, type Span, STRONG, type Style, span, WARNING } from "./style.js";
import { harmless, pad } from "./text.js";

export interface Details {
  readonly stage: StageSnapshot;
  /** Its proxy or sink, then its workers. */
  readonly nodes: readonly NodeSnapshot[];
  readonly history: History;
  readonly selected: string | undefined;
  readonly focused: boolean;
}

/** All that is known of one stage, and its nodes; when they do not all pad, those around the selected one. */
export function detailPane(details: Details, width: number, height: number): readonly Row[] {
  const facts = factRows(details, width);
  const room = Math.max(height - facts.length - 1, 2);
  const { nodes, selected } = details;
  const at = Math.max(
    nodes.findIndex(({ name }) => name === selected),
    0,
  );
  const first = Math.max(Math.min(at - Math.floor(room / 2), nodes.length - room), 0);
  const names = Math.max(...nodes.map(({ name }) => name.length), 4);
  const shown = nodes.slice(first, first + room);
  const kept = facts.slice(0, Math.max(height - 1 - shown.length, 0));
  return [...kept, nodeTitles(names), ...shown.map((node) => nodeRow(node, names, details))];
}

function factRows({ stage, history }: Details, width: number): readonly Row[] {
  const { workers, utilisation, depth, oldestMs, inFlight, gathering, received, done, failed } = stage;
  const sparks = Math.max(10, Math.min(60, Math.floor(width / 2) - 26));
  const throughput = throughputOf(history, stage.name);
  const depths = depthOf(history, stage.name);
  return [
    facts([
      ["workers", `${workers.wanted}`],
      ["ready", `${workers.ready}`],
      ...(workers.remote === 0 ? [] : [["remote", `${workers.remote}`] as const]),
      ["busy", `${busyWorkers(stage)}`],
      ["idle", `${workers.idle}`],
      ["utilisation", `${Math.round(utilisation * 100)} %`],
    ]),
    facts([
      ["queued", formatAmount(depth)],
      ["oldest", depth === 0 ? "-" : formatDuration(oldestMs)],
      ["in flight", formatAmount(inFlight)],
      ["gathering", formatAmount(gathering)],
    ]),
    [
      ...facts([
        ["received", formatAmount(received)],
        ["done", formatAmount(done)],
      ]),
      ...facts([["failed", formatAmount(failed)]], failed > 0 ? BAD : STRONG),
      ...facts([["retried", formatAmount(stage.redelivered)]], stage.redelivered > 0 ? WARNING : STRONG),
      ...facts([["dropped", formatAmount(stage.dropped)]]),
    ],
    ...(stage.scaling === undefined ? [] : [[span("resized "), span(stage.scaling.reason, STRONG)]]),
    timesRow("wait", stage.wait),
    timesRow("service", stage.service),
    [
      span("out/s "),
      span(sparkline(throughput, sparks), { colour: "cyan" }),
      span(` ${pad(formatAmount(throughput.at(-1) ?? 0), 5)}  queued `),
      span(sparkline(depths, sparks), { colour: "cyan" }),
      span(` ${formatAmount(depths.at(-1) ?? 0)}`),
    ],
  ];
}

function facts(pairs: readonly (readonly [string, string])[], style: Style = STRONG): Row {
  return pairs.flatMap(([name, value]): readonly Span[] => [span(`${name} `), span(value, style), span("  ")]);
}

function timesRow(name: string, times: TimesSnapshot): Row {
  const { meanMs, p50Ms, p90Ms, p99Ms, maxMs } = times;
  const values = Object.entries({ p50: p50Ms, p90: p90Ms, p99: p99Ms, max: maxMs, mean: meanMs });
  return [
    span(pad(name, 8), STRONG),
    ...values.flatMap(([title, ms]) => [span(`${title} `), span(pad(formatTime(times, ms), 8), STRONG)]),
  ];
}

function nodeTitles(names: number): Row {
  return [span(`  ${pad("NODE", names)}  KIND    ${"PID".padStart(8)}  STATE     RESTARTS    UP  CPU%    MEM`, STRONG)];
}

function nodeRow(node: NodeSnapshot, names: number, { selected, focused }: Details): Row {
  const isSelected = focused && node.name === selected;
  const look = (style: Style): Style => (isSelected ? BAR : style);
  const state = node.state === "running" || node.state === "ready" ? PLAIN : WARNING;
  return [
    span(`${isSelected ? "›" : " "} ${pad(node.name, names)}  `, look(STRONG)),
    span(`${pad(node.kind, 8)}${pad(node.pid === undefined ? "-" : String(node.pid), 8, "right")}  `, look(PLAIN)),
    span(pad(node.state, 8), look(node.state === "failed" ? BAD : state)),
    span(pad(String(node.restarts), 10, "right"), look(node.restarts > 0 ? WARNING : PLAIN)),
    span(pad(formatDuration(node.uptimeMs), 6, "right"), look(PLAIN)),
    span(pad(String(Math.round(node.cpuPercent)), 6, "right"), look(PLAIN)),
    span(pad(formatBytes(node.rssBytes), 7, "right"), look(PLAIN)),
    span(node.advertises === undefined ? "" : `  ${harmless(formatAdvertised(node.advertises))}`, look(PLAIN)),
  ];
}
