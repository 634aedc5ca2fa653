/** The sum of the squares, exact: a bigint as soon as a double could not hold it. */
export default ({ n }: { n: (number | bigint)[] }) => {
  let sum = 0;
  for (const value of n) sum += Number(value) ** 2;
  // Squares only add up, so a sum that ends in the exact range never left it.
  return Number.isSafeInteger(sum) ? sum : n.reduce<bigint>((total, value) => total + BigInt(value) ** 2n, 0n);
};
