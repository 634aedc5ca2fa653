import { formatDuration } from "../metrics/format.js";
import type { Snapshot, SourceSnapshot } from "../metrics/snapshot.js";

const BAR = 24;
const CLEAR_LINE = "\r\u001b[K";

/** One line on a terminal that is drawn again and again: how far the sources have come. */
export class ProgressLine {
  #drawn = false;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  draw(snapshot: Snapshot): void {
    const text = formatProgress(snapshot.sources, snapshot.run.uptimeMs);
    this.stream.write(CLEAR_LINE + text.slice(0, Math.max(10, (this.stream.columns ?? 80) - 1)));
    this.#drawn = true;
  }

  clear(): void {
    if (this.#drawn) this.stream.write(CLEAR_LINE);
    this.#drawn = false;
  }
}

/** `[██████░░░░░░]  48 %  12345 done  2 failed  833/s  3s left`; without a bar when nobody knows how much there is. */
export function formatProgress(sources: readonly SourceSnapshot[], elapsedMs: number): string {
  const done = sum(sources, (source) => source.done);
  const failed = sum(sources, (source) => source.failed);
  const pending = sum(sources, (source) => source.pending);
  const rate = Math.round(sum(sources, (source) => source.donePerSecond));
  const share = shareOf(sources);
  const next = sources.filter(({ state, after }) => state === "waiting" && after.length > 0).map(({ name }) => name);
  return [
    ...(share === undefined ? [] : [bar(share), `${String(Math.floor(share * 100)).padStart(3)} %`]),
    `${done} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${pending} under way`,
    `${rate}/s`,
    ...(share === undefined || share === 0 || share === 1
      ? []
      : [`${formatDuration((elapsedMs * (1 - share)) / share)} left`]),
    ...(next.length === 0 ? [] : [`then ${next.join(", ")}`]),
  ].join("  ");
}

/** Of all there is to do; undefined when one of them cannot tell. */
function shareOf(sources: readonly SourceSnapshot[]): number | undefined {
  const started = sources.filter(({ state }) => state !== "skipped");
  let total = 0;
  for (const { progress, state, done, failed, pending } of started) {
    const read = state === "read" || state === "finished" ? 1 : progress;
    if (read === undefined) return undefined;
    const settled = done + failed;
    total += settled + pending === 0 ? read : (read * settled) / (settled + pending);
  }
  return started.length === 0 ? undefined : total / started.length;
}

function bar(share: number): string {
  const full = Math.round(share * BAR);
  return `[${"█".repeat(full)}${"░".repeat(BAR - full)}]`;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
