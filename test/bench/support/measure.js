// What runs inside the measured programs: one clock, and two ways to look at what arrives at a sink.
import { connect } from "node:net";

/** How long a throughput is not yet measured, for connections and compilers to warm up, and how long it then is. */
const WARM_UP_MS = 1500;
const WINDOW_MS = 3000;

/** In ms; CLOCK_MONOTONIC, so processes of one machine agree on it. */
export function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Ends a measurement: one JSON line, to stdout, or to the socket of a harness that cannot see this program's stdout. */
export function report(result) {
  const line = `${JSON.stringify(result)}\n`;
  if (process.env.BENCH_REPORT === undefined) process.stdout.write(line);
  else connect(process.env.BENCH_REPORT).end(line);
}

/** Call it once for each job; it reports jobs per second after the warm-up. */
export function rateMeter() {
  let count = 0;
  const measure = () => {
    const before = count;
    const started = now();
    setTimeout(() => report({ rate: ((count - before) * 1000) / (now() - started) }), WINDOW_MS);
  };
  return () => {
    if (count++ === 0) setTimeout(measure, WARM_UP_MS);
  };
}

/** Call it once for each job; it reports a record of every job when `total` have come. */
export function recorder(total, recordOf) {
  const records = [];
  return (job) => {
    if (records.push(recordOf(job)) === total) report({ records });
  };
}
