const MS_PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const BYTES_PER_UNIT: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Node's timers hold 31 bits; a longer delay would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** `"250ms"`, `"1.5s"`, `"5m"`, `"1h"` in milliseconds, rounded; undefined when it is not a duration of 1 ms to 24 days. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (match === null) return undefined;
  const ms = Math.round(Number(match[1]) * MS_PER_UNIT[match[2]!]!);
  return ms >= 1 && ms <= MAX_DELAY_MS ? ms : undefined;
}

/** `"100B"`, `"64KiB"`, `"1.5MiB"`, `"2GiB"` in bytes, rounded; undefined when it is not a size of at least one byte. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)$/.exec(text);
  if (match === null) return undefined;
  const bytes = Math.round(Number(match[1]) * BYTES_PER_UNIT[match[2]!]!);
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : undefined;
}
