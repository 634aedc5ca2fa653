const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Does something that a signal to this process aborts, instead of ending it. */
export async function abortable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await work(interrupt.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}
