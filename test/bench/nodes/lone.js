// A source whose next job leaves when the one before is done (max_in_flight = 1): it reports how long each took.
import { now, report } from "../support/measure.js";

const pad = "x".repeat(67);

export default async function* lone() {
  const { total } = JSON.parse(process.env.BENCH_JOBS);
  const times = [];
  let before = now();
  for (let id = 0; id <= total; id++) {
    // It is asked for a job as soon as the one before has left.
    yield { id, n: id, pad };
    const left = now();
    if (id > 0) times.push(left - before);
    before = left;
  }
  report({ times });
}
