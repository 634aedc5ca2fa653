import type { Factorised } from "./factorise.js";

export default ({ number, factors }: Factorised) => {
  const aliquot = sumOfDivisors(factors) - number;
  const kind = aliquot < number ? "deficient" : aliquot === number ? "perfect" : "abundant";
  return { number, factors, aliquot, kind };
};

/** The sum is multiplicative: (1 + p + p² + … + pᵏ) for each prime p that divides the number k times. */
function sumOfDivisors(factors: readonly number[]): number {
  let product = 1;
  let sum = 1;
  for (const [i, prime] of factors.entries()) {
    if (prime !== factors[i - 1]) {
      product *= sum;
      sum = 1;
    }
    sum = sum * prime + 1;
  }
  return product * sum;
}
