import type { Trace, TraceHop } from "../control/trace.js";
import type { RequestKey, TracedHop, TracedRequest } from "../plan/trace.js";
import { HOME } from "../plan/types.js";
import { requestName } from "../protocol/messages.js";

/** What is known of one request, and of whom it may be. */
export interface Findings {
  readonly key: RequestKey;
  readonly owner: string;
  /** Undefined when its owner has forgotten it. */
  readonly request: TracedRequest | undefined;
  /** Of any requests. */
  readonly hops: readonly TracedHop[];
  /** All hops are known that were settled after it; Infinity: nobody can say. */
  readonly hopsSince: number;
}

/**
 * The way of a request; undefined when nothing is known of it.
 * @param sharedZero 1970 on the shared clock, in ms
 */
export function wayOf(findings: Findings, stageNames: readonly string[], sharedZero: number): Trace | undefined {
  const { key, owner, request, hopsSince } = findings;
  const own = findings.hops.filter(({ session, seq }) => session === key.session && seq === key.seq);
  // Not spread into Math.min: a request may have made more hops than a call takes arguments.
  const first = own.reduce((earliest, { arrivedAt }) => Math.min(earliest, arrivedAt), Number.POSITIVE_INFINITY);
  const startedAt = request?.startedAt ?? first;
  if (startedAt === Number.POSITIVE_INFINITY) return undefined;
  const nameOf = (stage: number) => (stage === HOME ? owner : (stageNames[stage] ?? `stage ${stage}`));
  return {
    request: requestName(key.session, key.seq),
    owner,
    entry: request?.entry,
    startedAt: startedAt - sharedZero,
    latencyMs: request?.tookMs === undefined ? undefined : toMicros(request.tookMs),
    outcome: request?.outcome ?? "forgotten",
    hops: own.map((hop) => hopOf(hop, startedAt, nameOf)).sort(inOrder),
    complete: request !== undefined && hopsSince <= startedAt,
  };
}

/** Both are of the same request: what is known of either. */
export function joined(a: Trace, b: Trace): Trace {
  // It was told of first while its owner knew it best; what was pending then, is over now.
  const [less, more] = a.outcome === "pending" || a.outcome === "forgotten" ? [a, b] : [b, a];
  const shiftMs = less.startedAt - more.startedAt;
  const known = new Set(more.hops.map(titleOf));
  const others = less.hops
    .map((hop) => ({ ...hop, arrivedMs: toMicros(hop.arrivedMs + shiftMs) }))
    .filter((hop) => hop.outcome !== "running" && !known.has(titleOf(hop)));
  return { ...more, hops: [...more.hops, ...others].sort(inOrder), complete: a.complete || b.complete };
}

function hopOf(told: TracedHop, startedAt: number, nameOf: (stage: number) => string): TraceHop {
  const { hop, worker, outcome, attempt, deaths, tookMs, serviceMs } = told;
  return {
    hop,
    from: nameOf(told.from),
    stage: nameOf(told.stage),
    worker,
    arrivedMs: toMicros(told.arrivedAt - startedAt),
    waitMs: toMicros(Math.max(0, tookMs - serviceMs)),
    serviceMs: toMicros(serviceMs),
    outcome,
    attempt,
    deaths,
  };
}

function inOrder(a: TraceHop, b: TraceHop): number {
  return a.hop - b.hop || a.arrivedMs - b.arrivedMs || a.stage.localeCompare(b.stage);
}

/** The times to the ms: the same hop, told twice, is off by what rounding makes of it. */
function titleOf({ hop, stage, worker, waitMs, serviceMs, outcome }: TraceHop): string {
  return [hop, stage, worker, waitMs, serviceMs, outcome].join(" ");
}

function toMicros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
