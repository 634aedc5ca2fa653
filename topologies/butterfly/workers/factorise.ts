export interface Factorised {
  readonly number: number;
  /** Prime, ascending, each as often as it divides the number. */
  readonly factors: readonly number[];
}

export default (number: number): Factorised => {
  const factors: number[] = [];
  let rest = number;
  for (let divisor = 2; divisor * divisor <= rest; divisor++) {
    for (; rest % divisor === 0; rest /= divisor) factors.push(divisor);
  }
  if (rest > 1) factors.push(rest);
  return { number, factors };
};
