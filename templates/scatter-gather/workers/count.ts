/** The numbers from `from` up to, but without, `to`. */
export interface Piece {
  from: number;
  to: number;
}

export default ({ from, to }: Piece) => {
  let primes = 0;
  for (let n = from; n < to; n++) if (isPrime(n)) primes++;
  return primes;
};

/** By trial division: slow on purpose, and slower for larger numbers. */
function isPrime(n: number): boolean {
  if (n < 4) return n > 1;
  if (n % 2 === 0) return false;
  for (let divisor = 3; divisor * divisor <= n; divisor += 2) if (n % divisor === 0) return false;
  return true;
}
