import { formatAdvertised, formatDuration, formatMs } from "../metrics/format.js";
import type {
  NodeSnapshot,
  ServerSnapshot,
  Snapshot,
  SourceSnapshot,
  StageSnapshot,
  TimesSummary,
} from "../metrics/snapshot.js";
import { printableName } from "../printable.js";
import { formatTable } from "./table.js";

/** A snapshot as `ps` shows it. */
export function formatSnapshot({ run, nodes, stages, server, sources }: Snapshot): string {
  const title = `${run.name}: ${run.state} for ${formatDuration(run.uptimeMs)}, pid ${run.pid}, ${run.placement}, ${run.transport}`;
  const door = server === undefined ? [] : [`${run.url ?? "not listening yet"}: ${formatServer(server)}`];
  const scalings = stages.flatMap(formatScaling).join("\n");
  const parts = [[title, ...door, ...sources.map(formatSource)].join("\n"), nodeTable(nodes), stageTable(stages)];
  return [...parts, ...(scalings === "" ? [] : [scalings])].join("\n\n");
}

function nodeTable(nodes: readonly NodeSnapshot[]): string {
  const someAdvertise = nodes.some(({ advertises }) => advertises !== undefined);
  return formatTable(
    [
      "NODE",
      "KIND",
      "PROCESS",
      "PID",
      "STATE",
      "RESTARTS",
      "UP",
      "MEMORY",
      "CPU %",
      ...(someAdvertise ? ["ADVERTISES"] : []),
    ],
    nodes.map((node) => [
      node.name,
      node.remote ? "remote" : node.kind,
      node.process,
      node.pid,
      node.state,
      node.restarts,
      formatDuration(node.uptimeMs),
      node.remote ? "-" : `${Math.round(node.rssBytes / 2 ** 20)} MiB`,
      node.remote ? "-" : node.cpuPercent,
      ...(someAdvertise ? [printableName(formatAdvertised(node.advertises))] : []),
    ]),
  );
}

function stageTable(stages: readonly StageSnapshot[]): string {
  return formatTable(
    [
      "STAGE",
      "READY",
      "IDLE",
      "QUEUED",
      "OLDEST",
      "RUNNING",
      "GATHERING",
      "IN/S",
      "OUT/S",
      "DONE",
      "FAILED",
      "AGAIN",
      "DROPPED",
      "WAIT P50/P99",
      "SERVICE P50/P99",
    ],
    stages.map((stage) => [
      stage.name,
      formatWorkers(stage.workers),
      stage.workers.idle,
      stage.depth,
      formatDuration(stage.oldestMs),
      stage.inFlight,
      stage.gathering,
      stage.inPerSecond,
      stage.outPerSecond,
      stage.done,
      stage.failed,
      stage.redelivered,
      stage.dropped,
      formatTimes(stage.wait),
      formatTimes(stage.service),
    ]),
  );
}

/** `2/2`, and `2/2+4` with four on other hosts. */
function formatWorkers({ ready, wanted, remote }: StageSnapshot["workers"]): string {
  return `${ready}/${wanted}${remote === 0 ? "" : `+${remote}`}`;
}

function formatScaling({ name, scaling }: StageSnapshot): readonly string[] {
  if (scaling === undefined) return [];
  return [`${name}: ${scaling.reason} (${formatDuration(Math.max(0, Date.now() - scaling.at))} ago)`];
}

function formatServer({ pending, requests, requestsPerSecond, statuses, latency }: ServerSnapshot): string {
  const answers = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`);
  const answered = answers.length === 0 ? "" : ` (${answers.join(", ")})`;
  const took = latency.count === 0 ? "" : `, latency p50/p99 ${formatTimes(latency)}`;
  return `${requests} requests${answered}, ${requestsPerSecond}/s, ${pending} pending${took}`;
}

/** Of the last few seconds: `0.12/1.3ms`; `-` when there was nothing. */
function formatTimes({ count, p50Ms, p99Ms }: TimesSummary): string {
  return count === 0 ? "-" : `${formatMs(p50Ms)}/${formatMs(p99Ms)}ms`;
}

function formatSource({ name, state, after, done, failed, pending, ...source }: SourceSnapshot): string {
  const { donePerSecond, progress, skipped } = source;
  const left = skipped === 0 ? "" : `, ${skipped} skipped`;
  const read = progress === undefined || state === "finished" ? "" : `, ${Math.floor(progress * 100)} % read`;
  const order = after.length > 0 && (state === "waiting" || state === "skipped") ? ` (after ${after.join(", ")})` : "";
  return `${name}: ${state}${order}${read}, ${done} done, ${donePerSecond}/s, ${failed} failed, ${pending} pending${left}`;
}
