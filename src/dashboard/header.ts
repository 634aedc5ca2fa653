import { formatAmount, formatBytes, formatDuration } from "../metrics/format.js";
import type { ServerSnapshot, Snapshot, SourceSnapshot } from "../metrics/snapshot.js";
import { formatTime } from "./columns.js";
import { sparkline } from "./history.js";
import type { Live } from "./live.js";
import { BAD, BAR, GOOD, type Row, type Span, STRONG, span, WARNING } from "./style.js";
import { cut, spread } from "./text.js";
import { usageOfRun } from "./usage.js";

/** A run that tells nothing for longer than this is stopped, or its machine is. */
const SILENT_MS = 4_000;
const MOST_SOURCES = 3;
const DOOR_SPARK = 12;

/** The run, its server and its sources. */
export function header(live: Live, paused: boolean, width: number): readonly Row[] {
  const { snapshot } = live;
  const title = titleRow(live, paused, width);
  if (snapshot === undefined) return [title];
  const { server, sources } = snapshot;
  const more = sources.length - MOST_SOURCES;
  return [
    title,
    ...(live.link === "gone" ? [goneRow(live, width)] : []),
    ...(server === undefined ? [] : serverRows(live, snapshot, server, width)),
    ...sources.slice(0, MOST_SOURCES).map((source) => sourceRow(source, width)),
    ...(more > 0 ? [spread([span(`and ${more} more sources`)], [], width)] : []),
  ];
}

function titleRow(live: Live, paused: boolean, width: number): Row {
  const { name, snapshot, link } = live;
  const label = span(` zpipe top  ${name} `, { ...BAR, bold: true });
  if (snapshot === undefined) return spread([label, span(" waiting for the run ")], [], width);
  const { state, uptimeMs, placement, transport, pid } = snapshot.run;
  const { cpuPercent, rssBytes } = usageOfRun(snapshot);
  const silentMs = live.now - live.heardAt;
  const status =
    link === "gone"
      ? span(" GONE ", { ...BAD, inverse: true })
      : paused
        ? span(" PAUSED ", { ...WARNING, inverse: true })
        : silentMs > SILENT_MS
          ? span(` SILENT for ${formatDuration(silentMs)} `, { ...WARNING, inverse: true })
          : span(` ${state} `, state === "running" ? GOOD : WARNING);
  const facts = `${formatDuration(uptimeMs)}  ${placement}, ${transport}  pid ${pid}`;
  const use = `CPU ${Math.round(cpuPercent)} %  MEM ${formatBytes(rssBytes)}`;
  return spread([label, status, span(facts)], [span(use, STRONG), span(" ")], width);
}

function goneRow({ name, now, heardAt }: Live, width: number): Row {
  const since = formatDuration(now - heardAt);
  return spread([span(` ${name} is gone, last heard of ${since} ago; waiting for it to come back`, BAD)], [], width);
}

/** One row where there is room, else two. */
function serverRows({ history }: Live, { run }: Snapshot, server: ServerSnapshot, width: number): readonly Row[] {
  const rates = history.map(({ requestsPerSecond }) => requestsPerSecond);
  const { latency, requestsPerSecond, pending } = server;
  const times = [latency.p50Ms, latency.p90Ms, latency.p99Ms].map((ms) => formatTime(latency, ms)).join(" ");
  const door: Row = [span(" server ", STRONG), span(run.url ?? "not listening yet")];
  const rate: Row = [
    span(`${formatAmount(requestsPerSecond)} req/s `, STRONG),
    span(sparkline(rates, DOOR_SPARK), { colour: "cyan" }),
    span(`  ${formatAmount(pending)} pending  p50 p90 p99 ${times}`),
  ];
  const answers = statusesOf(server);
  if (width >= 150) return [spread([...door, span("   "), ...rate], answers, width)];
  return [spread([...door, span("  ")], answers, width), spread([span("        "), ...rate], [], width)];
}

/** `200 × 276  503 × 2`: how many answers of each status. */
function statusesOf({ statuses }: ServerSnapshot): Row {
  const pieces = Object.entries(statuses).flatMap(([status, count], index): readonly Span[] => [
    span(index === 0 ? "" : "  "),
    span(`${status} × ${formatAmount(count)}`, Number(status) >= 500 ? BAD : Number(status) >= 400 ? WARNING : GOOD),
  ]);
  return pieces.length === 0 ? [] : [...pieces, span(" ")];
}

const BAR_CELLS = 10;

function sourceRow(source: SourceSnapshot, width: number): Row {
  const { name, state, progress, donePerSecond, done, failed, pending, latency } = source;
  const times = [latency.p50Ms, latency.p99Ms].map((ms) => formatTime(latency, ms)).join(" ");
  const share = state === "read" || state === "finished" ? undefined : progress;
  return spread(
    [
      span(" source ", STRONG),
      span(`${cut(name, 16)} ${state} `),
      ...(share === undefined ? [] : [span(`${bar(share)} ${Math.floor(share * 100)} % `)]),
      span(` ${formatAmount(donePerSecond)} jobs/s `, STRONG),
      span(` ${formatAmount(done)} done  ${formatAmount(pending)} pending  p50 p99 ${times}`),
    ],
    failed === 0 ? [] : [span(`${formatAmount(failed)} failed `, BAD)],
    width,
  );
}

function bar(share: number): string {
  const full = Math.round(share * BAR_CELLS);
  return "█".repeat(full) + "░".repeat(BAR_CELLS - full);
}
