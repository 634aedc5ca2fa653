export default ({ n, poison }, { attempt }) => {
  if (poison) {
    process._rawDebug(`poisoned by ${n}, attempt ${attempt}`);
    if (n % 2 === 0) process.exit(7);
    process.kill(process.pid, "SIGKILL");
    // Nothing more is done until the signal has arrived.
    for (;;);
  }
  return { square: n * n };
};
