import type { Advertised } from "./snapshot.js";

/** In the largest unit that gives a number of some use: `850ms`, `42s`, `17m`, `26h`, `12d`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 120_000) return `${Math.floor(ms / 1_000)}s`;
  if (ms < 7_200_000) return `${Math.floor(ms / 60_000)}m`;
  return ms < 172_800_000 ? `${Math.floor(ms / 3_600_000)}h` : `${Math.floor(ms / 86_400_000)}d`;
}

/** To the two digits that are known: `0.12`, `1.3`, `250`. */
export function formatMs(ms: number): string {
  return ms >= 100 ? String(Math.round(ms)) : String(Number(ms.toPrecision(2)));
}

/** At most five characters: `0.4`, `7`, `4512`, `45.1k`, `1.2M`. */
export function formatAmount(value: number): string {
  if (value < 10) return String(Math.round(value * 10) / 10);
  if (value < 10_000) return String(Math.round(value));
  for (const [size, unit] of [
    [1e3, "k"],
    [1e6, "M"],
    [1e9, "G"],
  ] as const) {
    const share = value / size;
    if (share < 99.95) return `${share.toFixed(1)}${unit}`;
    if (share < 999.5) return `${Math.round(share)}${unit}`;
  }
  return value.toExponential(0);
}

/** At most five characters: `56M`, of memory, by powers of 1024. */
export function formatBytes(bytes: number): string {
  const mib = bytes / 2 ** 20;
  return mib < 9_999.5 ? `${Math.round(mib)}M` : `${(mib / 1024).toFixed(0)}G`;
}

/** A worker may advertise thousands of values; all of them are in JSON only. */
const LONGEST_ADVERTISED = 60;

/** `tiles=4,7 zoom=1`. */
export function formatAdvertised(advertised: Advertised = {}): string {
  const text = Object.entries(advertised)
    .map(([name, values]) => `${name}=${values.join(",")}`)
    .join(" ");
  return text.length <= LONGEST_ADVERTISED ? text : `${text.slice(0, LONGEST_ADVERTISED - 1)}…`;
}
