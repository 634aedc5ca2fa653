/** Gets what `count` made of the pieces, in their order, whichever was ready first. */
export default (pieces: number[]) => ({
  primes: pieces.reduce((sum, primes) => sum + primes, 0),
  pieces,
});
