// What prime_server's example program asks: the number if it is prime, else 2, by trial division. As numbers beyond 32 bits
// are doubles in JavaScript, one division serves for the quotient and for the remainder: % is several times slower there.
export default function isPrime({ possible_prime: number }) {
  let high = number;
  for (let divisor = 2; divisor < high; divisor++) {
    high = Math.floor(number / divisor);
    if (high * divisor === number) return 2;
  }
  return number;
}
