export default ({ n, poison }, { attempt }) => {
  if (poison) {
    process._rawDebug(`poisoned by ${n}, attempt ${attempt}`);
    process.exit(7);
  }
  return { square: n * n };
};
