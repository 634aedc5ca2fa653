// How long a lone job of 100 bytes takes: bare REQ/REP of zeromq.js, there and back; and zpipe's source → proxy → worker
// → proxy → source, by the time from one job that leaves the source to the next when only one may be under way.
// Usage: node test/bench/roundtrip.js [--rounds N] [--only reqrep,separate,hub]
import { reqrep } from "./peers/pipelines.js";
import { compete, options, percentile, printTable, ratios, spread, spreadOf } from "./support/harness.js";
import { runBatch } from "./support/zpipe.js";

const WARM_UP = 2000;
const TRIPS = 10_000;
const total = WARM_UP + TRIPS;

const contestants = [
  { name: "reqrep", run: async () => summary((await reqrep(total)).times) },
  ...["separate", "hub"].map((placement) => ({ name: placement, run: () => zpipe(placement) })),
];
const results = await compete(contestants, options({ rounds: 5 }));

const p50s = (name) => results.get(name)?.map(({ p50 }) => p50);
printTable(
  ["lone job", "p50, µs", "p99, µs", "p50 / reqrep"],
  [...results].map(([name, rounds]) => [
    name,
    spread(p50s(name)),
    spreadOf(rounds, "p99"),
    p50s("reqrep") ? spread(ratios(p50s(name), p50s("reqrep")), 2) : "",
  ]),
);

async function zpipe(placement) {
  const jobs = { kind: "count", total };
  const { times } = await runBatch("roundtrip", { args: ["--placement", placement], jobs });
  return summary(times);
}

function summary(times) {
  const warm = times.slice(WARM_UP).map((ms) => ms * 1000);
  return { p50: percentile(warm, 0.5), p99: percentile(warm, 0.99) };
}
