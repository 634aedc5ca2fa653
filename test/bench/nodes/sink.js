// The sink of every batch shape, for zpipe and for its peers: BENCH_SINK says what it looks at.
//   rate            jobs per second; every job must have been worked on
//   times:TOTAL     when each of TOTAL jobs arrived at the source, started, ended, and came here
import { now, rateMeter, recorder } from "../support/measure.js";

const [kind, total] = (process.env.BENCH_SINK ?? "rate").split(":");
const take = kind === "rate" ? rates() : recorder(Number(total), ({ at, start, end }) => [at, start, end, now()]);

export default function sink(job) {
  take(job);
}

function rates() {
  const count = rateMeter();
  return (job) => {
    if (job.n !== job.id + 1) throw new Error(`job ${job.id} came unworked`);
    count();
  };
}
