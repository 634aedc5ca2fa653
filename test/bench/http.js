// Requests per second of topologies/euler6.toml in each placement, as a share of bare-http.js, which computes the same
// in one process of node:http alone. Both run at the same time and are put under load in turn, so that a drifting
// machine drifts for both. Needs wrk on the PATH. Usage: node test/bench/http.js [--rounds N] [--only separate,hub,inline]
import { compete, median, options, printTable, ratios, spread } from "./support/harness.js";
import { load, nodeHttp } from "./support/http-load.js";
import { serve } from "./support/zpipe.js";

const QUERY = "/?n=1&n=2&n=3";
const CONNECTIONS = 64;

const { rounds, only = ["separate", "hub", "inline"] } = options({ rounds: 7 });
console.log(
  `${rounds} rounds of 2 s each, wrk with ${CONNECTIONS} connections and 1 thread, node ${process.version}\n`,
);
const bare = await nodeHttp("bare-http.js");
const rows = [];
for (const placement of only) rows.push(await measure(placement));
await bare.stop();
printTable(["placement", "req/s, median", "bare, median", "share, median (lowest to highest)"], rows);

async function measure(placement) {
  const run = await serve("../../../topologies/euler6", ["--placement", placement]);
  const contestants = [
    { name: "bare", run: async () => (await load(bare.url + QUERY, CONNECTIONS)).rate },
    { name: "zpipe", run: async () => (await load(run.url + QUERY, CONNECTIONS)).rate },
  ];
  // The first load only warms up.
  await compete(contestants, { rounds: 1 });
  const results = await compete(contestants, { rounds });
  await run.stop();
  const [reference, rates] = [results.get("bare"), results.get("zpipe")];
  return [placement, Math.round(median(rates)), Math.round(median(reference)), spread(ratios(rates, reference), 2)];
}
