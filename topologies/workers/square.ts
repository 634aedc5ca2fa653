/** The square of the sum, exact: a bigint as soon as a double could not hold it. */
export default ({ n }: { n: (number | bigint)[] }) => {
  let sum = 0;
  for (const value of n) {
    sum += Number(value);
    // Checked at every step: a sum that leaves the exact range may come back to a wrong value.
    if (!Number.isSafeInteger(sum)) return exactly(n);
  }
  return Number.isSafeInteger(sum * sum) ? sum * sum : exactly(n);
};

function exactly(n: readonly (number | bigint)[]): bigint {
  return n.reduce<bigint>((total, value) => total + BigInt(value), 0n) ** 2n;
}
