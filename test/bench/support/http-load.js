// Loads HTTP servers by wrk (on the PATH), in turn, so that a drifting machine drifts for all.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { compete, missing, printTable, ratios, spread, spreadOf, start } from "./harness.js";
import { serve } from "./zpipe.js";

const reason = missing({ programs: ["wrk"] });
if (reason !== undefined) {
  console.log(`skipped: ${reason}`);
  process.exit(0);
}

/** Requests per second and latencies in µs, of 2 s. Fails if a request does. */
export async function load(url, connections) {
  const args = ["-t1", `-c${connections}`, "-d2s", "--latency", url];
  const { stdout } = await promisify(execFile)("wrk", args);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  const micros = (share) => {
    const [, value, unit] = new RegExp(`${share}%\\s+([\\d.]+)(us|ms|s)`).exec(stdout);
    return Number(value) * { us: 1, ms: 1e3, s: 1e6 }[unit];
  };
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]), p50: micros(50), p99: micros(99) };
}

/** node:http alone; `program` is below test/bench. */
export async function nodeHttp(program) {
  const server = start(program);
  return { url: await server.line(), stop: () => server.stop() };
}

/** A topology beside peers/node-http.js and other servers, at 8 connections: prints requests per second and latencies. */
export async function compareHttp({ topology, placement, path, peers = [], rounds, only }) {
  const bare = { name: "node:http", start: () => nodeHttp("peers/node-http.js") };
  const zpipe = { name: "zpipe", start: () => serve(topology, ["--placement", placement]) };
  const contestants = [];
  for (const { name, start: open } of [bare, ...peers, zpipe]) {
    if (only !== undefined && !only.includes(name)) continue;
    const server = await open();
    contestants.push({ name, server, run: () => load(server.url + path, 8) });
  }
  // The first load only warms up.
  await compete(contestants, { rounds: 1 });
  const results = await compete(contestants, { rounds });
  await Promise.all(contestants.map(({ server }) => server.stop()));

  const of = (name, key) => results.get(name).map((each) => each[key]);
  const [first] = results.keys();
  printTable(
    ["8 connections", "req/s", "p50, µs", "p99, µs", `p50 / ${first}`],
    [...results.keys()].map((name) => [
      name,
      ...["rate", "p50", "p99"].map((key) => spreadOf(results.get(name), key)),
      spread(ratios(of(name, "p50"), of(first, "p50")), 2),
    ]),
  );
}
