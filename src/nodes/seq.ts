/** Half of all sequence numbers, which count from 0 again after 2^32: what is further ahead lies behind. */
export const HALF = 2 ** 31;

/** In the order in which they were given. */
export function isBefore(seq: number, other: number): boolean {
  return (seq - other) >>> 0 >= HALF;
}
