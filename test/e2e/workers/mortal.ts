export default ({ n }: { n: number }) => {
  if (n < 0) process.exit(7);
  return { square: n * n };
};
