interface Parts {
  /** From the stage `sum`: the sum of the squares. */
  sum: number | bigint;
  /** From the stage `square`: the square of the sum. */
  square: number | bigint;
}

export default ({ sum, square }: Parts) => ({
  sum,
  square,
  diff: typeof sum === "number" && typeof square === "number" ? square - sum : BigInt(square) - BigInt(sum),
});
