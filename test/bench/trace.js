// What remembering the way of requests costs: ns for each job that a proxy settles, ns for each request that an owner
// ends, and ms for a search of a full memory, which happens once a second for the ten slowest. Beside it the time histogram
// that a job enters twice anyway. Usage: node test/bench/trace.js
import { TimeHistogram } from "../../dist/metrics/time-histogram.js";
import { Hop, HopLog } from "../../dist/nodes/hop-log.js";
import { RequestLog } from "../../dist/nodes/owner/request-log.js";

const TIMES = 5_000_000;
const ROUNDS = 7;

const hops = new HopLog();
const jobs = Array.from({ length: 65_536 }, (_, seq) => ({ session: 7, seq, hops: 2, from: 0, to: 1, attempt: 1 }));
const requests = new RequestLog({ session: 7, owner: "server", entryOf: () => "GET /", openSince: () => undefined });
const histogram = new TimeHistogram();

const shapes = {
  "a job": (i) => hops.add(jobs[i & 0xffff], "square.1", i, i + 1, 500, Hop.done, 0),
  "a request": (i) => requests.add(i, 0, i, i + (i % 977), "done"),
  "a value of a histogram": (i) => histogram.record(i & 0xffff),
};
for (const [name, act] of Object.entries(shapes))
  console.log(`${name}: ${median(rounds(() => time(act))).toFixed(1)} ns`);

const ten = jobs.slice(0, 10);
const search = rounds(() => {
  const begun = performance.now();
  hops.find(ten, Number.NEGATIVE_INFINITY, 1000);
  return performance.now() - begun;
});
console.log(`a search of ${(65_536).toLocaleString("en")} jobs for ten requests: ${median(search).toFixed(2)} ms`);

function time(act) {
  const begun = performance.now();
  for (let i = 0; i < TIMES; i++) act(i);
  return ((performance.now() - begun) * 1e6) / TIMES;
}

function rounds(measure) {
  return Array.from({ length: ROUNDS }, measure);
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
