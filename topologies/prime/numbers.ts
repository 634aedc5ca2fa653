import type { Source } from "zpipe";

/** The questions of the batch: the odd numbers from 3 to LAST, as the text that a client would send. */
const numbers: Source<{ possible_prime: string }> = function* () {
  const last = Number(process.env.LAST ?? 1_000_000);
  for (let number = 3; number <= last; number += 2) yield { possible_prime: String(number) };
};

export default numbers;
