import type { Trace, TraceHop } from "../control/trace.js";
import { formatDuration, formatMs } from "../metrics/format.js";
import { formatTable } from "./table.js";

const WIDTH = 80;
const SHORTEST_BAR = 10;

/** The way of a request: a title, and a line for each hop, with a bar for when it was. */
export function formatTrace(trace: Trace): string {
  const { hops } = trace;
  const lines = formatTable(
    ["AT MS", "HOP", "STAGE", "WORKER", "WAIT", "SERVICE"],
    hops.map((hop) => [
      Number(formatMs(hop.arrivedMs)),
      hop.hop,
      hop.stage,
      hop.worker || "-",
      Number(formatMs(hop.waitMs)),
      hop.outcome === "running" ? "-" : Number(formatMs(hop.serviceMs)),
    ]),
  ).split("\n");
  const left = Math.max(...lines.map(({ length }) => length)) + 2;
  const width = Math.max(SHORTEST_BAR, WIDTH - left);
  const endMs = Math.max(
    trace.latencyMs ?? 0,
    ...hops.map(({ arrivedMs, waitMs, serviceMs }) => arrivedMs + waitMs + serviceMs),
  );
  const rows = hops.map((hop, index) => {
    const bar = barOf(hop, endMs, width);
    const note = noteOf(hop);
    return `${lines[index + 1]!.padEnd(left)}${note === "" ? bar : `${bar.padEnd(width)}  ${note}`}`;
  });
  const warning = trace.complete
    ? []
    : ["Hops may be missing: they were forgotten or lost, or a process did not answer."];
  const table = hops.length === 0 ? ["No stage is done with it yet."] : [lines[0]!, ...rows];
  return [titleOf(trace), "", ...table, ...warning].join("\n");
}

/** A line for each request, with the stage in which it was longest. */
export function formatSlowest(traces: readonly Trace[], now: number): string {
  if (traces.length === 0) return "No request has ended in the last minute.";
  return formatTable(
    ["REQUEST", "ENTRY", "AGO", "TOOK MS", "OUTCOME", "HOPS", "MOST IN", "MS"],
    traces.map((trace) => {
      const { request, owner, entry, startedAt, latencyMs = 0, outcome, hops } = trace;
      const most = longestStage(hops);
      const ago = formatDuration(Math.max(0, now - startedAt - latencyMs));
      const took = Number(formatMs(latencyMs));
      return [request, entry ?? owner, ago, took, outcome, hops.length, most?.stage, most && Number(formatMs(most.ms))];
    }),
  );
}

function titleOf({ request, owner, entry, startedAt, latencyMs, outcome }: Trace): string {
  const where = owner === "server" || entry === undefined ? (entry ?? owner) : `${owner}, ${entry}`;
  const took = latencyMs === undefined ? "" : ` in ${formatMs(latencyMs)} ms`;
  return `${request}: ${where}, ${outcome}${took}, at ${new Date(startedAt).toISOString()}`;
}

/** Waiting, then running; at least one character of what there was. */
function barOf({ arrivedMs, waitMs, serviceMs, outcome }: TraceHop, endMs: number, width: number): string {
  const scale = endMs > 0 ? width / endMs : 0;
  const place = (ms: number) => Math.round(Math.min(Math.max(ms, 0), endMs) * scale);
  const start = Math.min(place(arrivedMs), width - 1);
  const end = Math.max(place(arrivedMs + waitMs + serviceMs), start + 1);
  const begun = serviceMs > 0 ? Math.min(place(arrivedMs + waitMs), end - 1) : end;
  const waiting = outcome === "running" ? "▒" : "░";
  return " ".repeat(start) + waiting.repeat(begun - start) + "█".repeat(end - begun);
}

/** What is not as usual. */
function noteOf({ outcome, attempt, deaths }: TraceHop): string {
  const notes: string[] = outcome === "done" ? [] : [outcome];
  if (attempt > 1) notes.push(`sending ${attempt}`);
  if (deaths > 0) notes.push(deaths === 1 ? "a worker died with it" : `${deaths} workers died with it`);
  return notes.join(", ");
}

function longestStage(hops: readonly TraceHop[]): { readonly stage: string; readonly ms: number } | undefined {
  const byStage = new Map<string, number>();
  for (const { stage, waitMs, serviceMs } of hops) byStage.set(stage, (byStage.get(stage) ?? 0) + waitMs + serviceMs);
  const [longest] = [...byStage].sort(([, a], [, b]) => b - a);
  return longest && { stage: longest[0], ms: longest[1] };
}
