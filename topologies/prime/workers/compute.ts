/**
 * The number if it is prime, else 2, by trial division.
 * @param number odd, above 1
 */
export default (number: number) => (isPrime(number) ? number : 2);

/** Slow on purpose: the time grows with the square root of the smallest factor, so that jobs are most uneven. */
function isPrime(number: number): boolean {
  if (!Number.isSafeInteger(number)) throw Object.assign(new Error(`cannot compute beyond ${MOST}`), { status: 422 });
  // Quotients below 2^53 that are no integers never round to one. % is several times slower on numbers beyond 32 bits.
  for (let divisor = 3, most = Math.sqrt(number); divisor <= most; divisor += 2) {
    const quotient = number / divisor;
    if (quotient === Math.floor(quotient)) return false;
  }
  return true;
}

const MOST = Number.MAX_SAFE_INTEGER;
