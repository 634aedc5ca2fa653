// What the way to the workers and back adds to jobs that sleep 10 ms. Measured from the start of the first job to the last
// result at the sink; ideal is the sum of what the jobs really slept, divided by how many sleep at a time.
// Usage: node test/bench/sleep.js [--rounds N] [--only zeromq,zpipe]
import { zeromq } from "./peers/pipelines.js";
import { compete, options, printTable, spreadOf } from "./support/harness.js";
import { runBatch } from "./support/zpipe.js";

const pools = [
  { name: "1 worker", workers: 1, concurrency: 1, handler: "block", topology: "block" },
  { name: "2 workers", workers: 2, concurrency: 1, handler: "block", topology: "block" },
  { name: "1 worker, 10 at a time", workers: 1, concurrency: 10, handler: "sleep", topology: "sleep" },
];
const { rounds, only } = options({ rounds: 3 });
const rows = [];
for (const pool of pools) for (const total of [100, 1000, 5000]) rows.push(...(await measure(pool, total)));
printTable(["jobs", "pool", "by", "ideal, ms", "measured, ms", "overhead, %"], rows);

async function measure({ name, workers, concurrency, handler, topology }, total) {
  const batch = { jobs: { kind: "count", total }, sink: `times:${total}` };
  const parallel = workers * concurrency;
  const contestants = [
    // One running and one ahead for each place, so that no worker waits for its next job.
    { name: "zeromq", run: () => zeromq({ ...batch, handler, workers, concurrency, credits: 2 * concurrency }) },
    { name: "zpipe", run: () => runBatch(topology, { ...batch, args: ["--workers", `work=${workers}`] }) },
  ];
  const results = await compete(contestants, { rounds, only });
  return [...results].map(([by, each]) => {
    const outcomes = each.map(({ records }) => outcome(records, parallel));
    const of = (key, digits) => spreadOf(outcomes, key, digits);
    return [total, name, by, of("ideal"), of("measured"), of("overhead", 1)];
  });
}

function outcome(records, parallel) {
  const ideal = records.reduce((sum, [, start, end]) => sum + end - start, 0) / parallel;
  const started = Math.min(...records.map(([, start]) => start));
  const measured = Math.max(...records.map(([, , , arrival]) => arrival)) - started;
  return { ideal, measured, overhead: ((measured - ideal) / ideal) * 100 };
}
