// Jobs per second through source → stage → sink with one worker and one process a node: jobs of 100 bytes, JSON parsed,
// one field counted up, JSON made. zpipe beside pipelines of its peers. See docs/benchmarks.md for their settings.
// Usage: node test/bench/pipeline.js [--rounds N] [--only zeromq,nats,jetstream,bullmq,bullmq-queues,packed,zpipe]
import { bullmq, jetstream, nats, packed, zeromq } from "./peers/pipelines.js";
import { compete, options, printTable, ratios, spread } from "./support/harness.js";
import { rateOf, runBatch } from "./support/zpipe.js";

const jobs = { kind: "endless" };
const subjects = { needs: { programs: ["nats-server"], packages: ["nats"] }, settings: { window: 5000 } };
const bull = {
  needs: { programs: ["redis-server"], packages: ["bullmq"] },
  settings: { window: 2000, bulk: 500, concurrency: 100 },
};
const contestants = [
  { name: "zeromq", run: () => zeromq({ jobs, sink: "rate", credits: 1000, window: 4000 }) },
  { name: "nats", needs: subjects.needs, run: () => nats(subjects.settings) },
  { name: "jetstream", needs: subjects.needs, run: () => jetstream(subjects.settings) },
  { name: "bullmq", needs: bull.needs, run: () => bullmq(bull.settings) },
  { name: "bullmq-queues", needs: bull.needs, run: () => bullmq({ ...bull.settings, results: "results" }) },
  { name: "packed", run: packed },
  { name: "zpipe", run: () => runBatch("pipeline", { jobs, sink: "rate" }) },
  {
    name: "zpipe-lines",
    run: () => rateOf("lines", { line: JSON.stringify({ id: 1e6, n: 1e6, pad: "x".repeat(67) }) }),
  },
  { name: "zpipe-bytes", run: () => rateOf("bytes") },
];
const results = await compete(contestants, options({ rounds: 5 }));

const rates = new Map([...results].map(([name, rounds]) => [name, rounds.map(({ rate }) => rate)]));
const ours = ["zpipe", "zpipe-lines", "zpipe-bytes"].filter((name) => rates.has(name));
printTable(
  ["pipeline", "jobs/s, median (lowest to highest)", ...ours.map((name) => `${name} / it`)],
  [...rates].map(([name, each]) => [name, spread(each), ...ours.map((our) => spread(ratios(rates.get(our), each), 2))]),
);
