import { escapeMarkup } from "../graph/render/escape.js";
import { TimeHistogram } from "../metrics/time-histogram.js";
import type { BenchReport, BenchResult } from "./result.js";
import { number, type Series, svgPlot } from "./svg.js";

/** The report as one HTML file that needs nothing else. */
export function htmlReport(report: BenchReport): string {
  const { results, sweep } = report;
  const first = results[0]!;
  const names = results.map((result) => (sweep === null ? "" : `${sweep.stage} × ${result.workers[sweep.stage]}`));
  const title = `zpipe bench: ${first.topology}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeMarkup(title)}</h1>
<p>${escapeMarkup(describe(first))}</p>
${sweep === null ? "" : legend(names)}
${svgPlot({ title: "Latency by percentile", unit: "ms", series: results.map((r, i) => latencyLine(r, names[i]!)), ticks: PERCENTILE_TICKS })}
${svgPlot({ title: "Right answers over time", unit: "by second", series: results.map((r, i) => rateLine(r, names[i]!)), ticks: secondTicks(first.durationMs) })}
${results.map((result, i) => tables(result, names[i]!)).join("\n")}
</body>
</html>
`;
}

/** Each step to the right is ten times rarer, as HdrHistogram's own plots have it. */
const PERCENTILE_TICKS = ["0%", "90%", "99%", "99.9%", "99.99%", "99.999%"].map((label, at) => ({ at, label }));

const STEPS_BY_TEN = 20;

function latencyLine({ latency, answered }: BenchResult, name: string): Series {
  const histogram = TimeHistogram.from({ count: answered, sumUs: 0, hdr: latency.hdr });
  // Beyond this rarity there is nothing but the maximum.
  const furthest = Math.log10(Math.max(answered, 1));
  const steps = Math.ceil(furthest * STEPS_BY_TEN);
  const points = Array.from({ length: steps + 1 }, (_, i): [number, number] => {
    const x = Math.min(i / STEPS_BY_TEN, furthest);
    return [x, histogram.percentileMs(100 * (1 - 10 ** -x))];
  });
  return { name, points };
}

const MOST_BINS = 120;

function rateLine({ timeline: { everyMs, answered } }: BenchResult, name: string): Series {
  const merged = Math.ceil(answered.length / MOST_BINS);
  const points: [number, number][] = [];
  for (let start = 0; start < answered.length; start += merged) {
    const bins = answered.slice(start, start + merged);
    const seconds = (bins.length * everyMs) / 1000;
    points.push([((start + bins.length / 2) * everyMs) / 1000, bins.reduce((sum, count) => sum + count, 0) / seconds]);
  }
  return { name, points };
}

function secondTicks(durationMs: number) {
  const step = Math.max(durationMs / 5_000, 0.1);
  return Array.from({ length: 6 }, (_, i) => ({ at: i * step, label: `${Number((i * step).toPrecision(3))} s` }));
}

function describe({ placement, transport, entry, connections, targetRate, durationMs, warmupMs }: BenchResult): string {
  const loop = targetRate === null ? "closed loop" : `open loop, ${targetRate} arrivals/s`;
  return `Placement ${placement}, ${transport}; ${entry}, ${loop}, ${connections} connections; ${durationMs / 1000} s after ${warmupMs / 1000} s of warm-up.`;
}

function tables(result: BenchResult, name: string): string {
  const { latency, stages, rate, answered, errors, wrong, bottleneck, chaos, missed } = result;
  const failed = Object.entries({ ...errors, wrong }).filter(([, count]) => count > 0);
  const said = [
    `${number(answered)} right answers, ${number(rate)}/s.`,
    failed.length === 0 ? "No errors." : `Errors: ${failed.map(([kind, count]) => `${count} ${kind}`).join(", ")}.`,
    `Bottleneck: ${bottleneck.stage} (by ${bottleneck.by}).`,
    ...(chaos === null ? [] : [`Chaos: ${chaos.events.length} acts; ${chaos.lost} lost, ${chaos.doubled} doubled.`]),
    ...missed.map(({ threshold, actual }) => `Missed: ${threshold}, it is ${actual}.`),
  ];
  const { meanMs, p50Ms, p90Ms, p99Ms, p999Ms, maxMs } = latency;
  return [
    name === "" ? "" : `<h2>${escapeMarkup(name)}</h2>`,
    `<p>${said.map(escapeMarkup).join(" ")}</p>`,
    table(
      ["Latency, ms", "mean", "p50", "p90", "p99", "p99.9", "max"],
      [["", meanMs, p50Ms, p90Ms, p99Ms, p999Ms, maxMs]],
    ),
    table(
      ["Stage", "workers", "utilisation", "wait p50, ms", "wait p99", "service p50", "service p99"],
      stages.map(({ name: stage, workers, utilisation, wait, service }) => [
        stage,
        workers,
        `${number(utilisation * 100)} %`,
        wait.p50Ms,
        wait.p99Ms,
        service.p50Ms,
        service.p99Ms,
      ]),
    ),
  ].join("\n");
}

function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) => escapeMarkup(typeof value === "number" ? number(value) : value);
  const head = header.map((text) => `<th>${escapeMarkup(text)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((value) => `<td>${cell(value)}</td>`).join("")}</tr>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

function legend(names: readonly string[]): string {
  const items = names.map((name, i) => `<li class="key-${i % 6}">${escapeMarkup(name)}</li>`);
  return `<ul class="legend">${items.join("")}</ul>`;
}

const COLOURS = ["#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#64748b"];

const STYLE = `
:root { color-scheme: light dark; --ink: #1f2937; --soft: #6b7280; --rule: #e5e7eb; --page: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e5e7eb; --soft: #9ca3af; --rule: #374151; --page: #111827; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 760px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
figure { margin: 1.5rem 0; } figcaption { font-weight: 600; } .unit, .tick { color: var(--soft); fill: var(--soft); font-weight: 400; font-size: 12px; }
svg { width: 100%; height: auto; } .grid { stroke: var(--rule); } .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
${COLOURS.map((colour, i) => `.line-${i} { stroke: ${colour}; } .key-${i}::marker { color: ${colour}; }`).join("\n")}
.legend { display: flex; flex-wrap: wrap; gap: 1.5rem; list-style: square; padding-left: 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 0.25rem 0.5rem; border-bottom: 1px solid var(--rule); } th:first-child, td:first-child { text-align: left; }
`;
