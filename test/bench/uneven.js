// Time in system of uneven work: 90 % of the jobs use 1 ms of processor time, 10 % use 50 ms; they arrive at random
// (Poisson) and keep two workers busy for 80 % of the time. Beside it the ideal: one queue, first come first served, fed
// with the same arrivals and the service times that the same run measured. A round in which something else used the
// processors, so that the load came out above 90 %, is left out.
// Usage: node test/bench/uneven.js [--rounds N] [--only dealt,one,ahead,separate,hub]
import { zeromq } from "./peers/pipelines.js";
import { compete, options, percentile, printTable, spreadOf } from "./support/harness.js";
import { idealTimes } from "./support/ideal-queue.js";
import { runBatch } from "./support/zpipe.js";

const WORKERS = 2;
const TOTAL = 3000;
/** Short jobs that come before, as often, and do not count: until then V8 has not compiled what moves a lone job. */
const WARMUP = 3000;
const MEAN_MS = 0.9 * 1 + 0.1 * 50;
const perSecond = (0.8 * WORKERS * 1000) / MEAN_MS;
const batch = (round) => ({
  jobs: { kind: "poisson", warmup: WARMUP, total: TOTAL, perSecond, seed: round + 1 },
  sink: `times:${WARMUP + TOTAL}`,
});
const byHand = (credits) => (round) =>
  zeromq({ ...batch(round), handler: "burn", workers: WORKERS, credits, window: WARMUP + TOTAL });
const byZpipe = (placement) => (round) =>
  runBatch("uneven", { ...batch(round), args: ["--workers", `work=${WORKERS}`, "--placement", placement] });

const contestants = [
  // So many credits that jobs are dealt out in turn as they come, as PUSH would.
  { name: "dealt", run: byHand(1000) },
  { name: "one", run: byHand(1) },
  { name: "ahead", run: byHand(2) },
  { name: "separate", run: byZpipe("separate") },
  { name: "hub", run: byZpipe("hub") },
];
const results = await compete(contestants, options({ rounds: 5 }));

// When something else used the processors, the load was not what was asked for.
const BUSY = 0.9;

printTable(
  ["by", "p50, ms", "p99, ms", "ideal p99, ms", "p99 / ideal", "load", "rounds"],
  [...results].map(([name, rounds]) => {
    const all = rounds.map(({ records }) => outcome(records));
    const outcomes = all.filter(({ load }) => load < BUSY);
    const of = (key, digits = 1) => (outcomes.length > 0 ? spreadOf(outcomes, key, digits) : "too busy");
    return [name, of("p50"), of("p99"), of("ideal"), of("ratio", 2), spreadOf(all, "load", 2), outcomes.length];
  }),
);

function outcome(records) {
  const inOrder = records.toSorted(([a], [b]) => a - b).slice(WARMUP);
  const arrivals = inOrder.map(([at]) => at);
  const services = inOrder.map(([, start, end]) => end - start);
  const times = inOrder.map(([at, , , arrival]) => arrival - at);
  const p99 = percentile(times, 0.99);
  const ideal = percentile(idealTimes(arrivals, services, WORKERS), 0.99);
  const load = services.reduce((sum, service) => sum + service, 0) / (arrivals.at(-1) - arrivals[0]) / WORKERS;
  return { p50: percentile(times, 0.5), p99, ideal, ratio: p99 / ideal, load };
}
