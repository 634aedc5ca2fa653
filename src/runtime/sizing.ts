/** When a pool that sizes itself is to grow or shrink. Pure: what it sees comes in, what it decides goes out. */

/** One look at a stage; about one a second. */
export interface StageSight {
  /** In ms, of a clock that only goes on. */
  readonly at: number;
  readonly workers: { readonly wanted: number; readonly ready: number; readonly idle: number };
  /** Jobs in the queue. */
  readonly depth: number;
  /** Age of the oldest of them. */
  readonly oldestMs: number;
  /** The processors that there are for the run, as far as it uses them itself: 0 to 1. */
  readonly busyShare: number;
}

export interface SizingRule {
  readonly min: number;
  readonly max: number;
  /** Jobs that wait for longer make it grow. */
  readonly waitMs: number;
  /** Workers that were too many for so long go. */
  readonly idleMs: number;
}

/** What is remembered from one look to the next. */
export interface SizingState {
  /** Looks in a row at which jobs had waited for too long. */
  readonly late: number;
  /** No growth before: the workers that came last have to show what they are good for. */
  readonly restUntil: number;
  readonly previous: Pick<StageSight, "at" | "depth"> | undefined;
  /** The first look since it was last resized. */
  readonly since: number | undefined;
  /** How many workers it took, at most `idleMs` back: only what nothing later has outdone, so the first is the most. */
  readonly needs: readonly { readonly at: number; readonly workers: number }[];
}

export interface Resize {
  readonly to: number;
  /** For people. */
  readonly reason: string;
}

export const FRESH: SizingState = { late: 0, restUntil: 0, previous: undefined, since: undefined, needs: [] };

/** One look may be bad luck. */
const LATE_LOOKS = 2;
const REST_MS = 3000;
/** From this share on more workers would only take the processors from each other. */
const FULL_SHARE = 0.9;

export function decide(
  state: SizingState,
  sight: StageSight,
  rule: SizingRule,
): { readonly state: SizingState; readonly resize: Resize | undefined } {
  const { at, workers } = sight;
  // As long as it is not what was wanted, nobody knows what that would do.
  if (workers.ready < workers.wanted) return { state: { ...FRESH, restUntil: at + REST_MS }, resize: undefined };
  const need = { at, workers: needed(sight) };
  const outlasting = state.needs.filter((past) => past.at > at - rule.idleMs && past.workers > need.workers);
  const next: SizingState = {
    late: isLate(state, sight, rule) ? state.late + 1 : 0,
    restUntil: state.restUntil,
    previous: sight,
    since: state.since ?? at,
    needs: [...outlasting, need],
  };
  const resize = growth(next, sight, rule) ?? shrinkage(next, sight, rule);
  return resize === undefined ? { state: next, resize } : { state: { ...FRESH, restUntil: at + REST_MS }, resize };
}

/** Jobs wait for too long, and it is not just the end of a queue that will be gone within as long again. */
function isLate({ previous }: SizingState, { at, depth, oldestMs }: StageSight, { waitMs }: SizingRule): boolean {
  if (depth === 0 || oldestMs <= waitMs) return false;
  if (previous === undefined || previous.depth <= depth) return true;
  const perMs = (previous.depth - depth) / (at - previous.at);
  return depth / perMs > waitMs;
}

function needed({ workers, depth }: StageSight): number {
  return depth > 0 ? workers.wanted : workers.wanted - Math.min(workers.idle, workers.wanted);
}

/** By half of what there is, at least one, and never by more than there are jobs that wait. */
function growth({ late, restUntil }: SizingState, sight: StageSight, { max, waitMs }: SizingRule): Resize | undefined {
  const { at, workers, depth, oldestMs, busyShare } = sight;
  if (late < LATE_LOOKS || at < restUntil || busyShare >= FULL_SHARE || workers.wanted >= max) return undefined;
  const to = Math.min(max, workers.wanted + Math.min(depth, Math.ceil(workers.wanted / 2)));
  const jobs = depth === 1 ? "1 is queued" : `${depth} are queued`;
  const reason = `${workers.wanted} → ${to}: jobs have waited ${seconds(oldestMs)} (more than ${seconds(waitMs)}), ${jobs}`;
  return { to, reason };
}

/** To the most that it took in all that time, so that what comes every now and then finds its workers. */
function shrinkage({ since, needs }: SizingState, sight: StageSight, rule: SizingRule): Resize | undefined {
  const { at, workers } = sight;
  if (since === undefined || since > at - rule.idleMs) return undefined;
  const most = needs[0]!.workers;
  const to = Math.max(rule.min, most);
  if (to >= workers.wanted) return undefined;
  const reason = `${workers.wanted} → ${to}: no more than ${most} had work in the last ${seconds(rule.idleMs)}`;
  return { to, reason };
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)}ms` : `${Number((ms / 1000).toFixed(1))}s`;
}
