// Requests per second of topologies/euler6.toml in each placement, as a share of bare-http.js, which computes the same
// in one process of node:http alone. Both run at the same time and are put under load in turn, so that a drifting
// machine drifts for both. Needs wrk on the PATH. Usage: node test/bench/http.js [rounds]
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const rounds = Number(process.argv[2] ?? 7);
const QUERY = "/?n=1&n=2&n=3";
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const bare = spawn(process.execPath, [at("bare-http.js")], { stdio: ["ignore", "pipe", "inherit"] });
const bareUrl = await firstLine(bare);
console.log(`${rounds} rounds of 2 s each, wrk with 64 connections and 1 thread, node ${process.version}\n`);
console.log("| placement | req/s, median | bare, median | share, median (lowest to highest) |");
console.log("|---|---|---|---|");
for (const placement of ["separate", "hub", "inline"]) await measure(placement);
bare.kill();

async function measure(placement) {
  const args = [at("../../bin/run.js"), "up", at("../../topologies/euler6.toml"), "--json"];
  args.push("--placement", placement, "--name", `bench-${placement}`, "--listen", "http://127.0.0.1:0");
  const run = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const { url } = JSON.parse(await firstLine(run));
  await load(url);
  await load(bareUrl);
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    const reference = await load(bareUrl);
    const rate = await load(url);
    samples.push({ rate, reference, share: rate / reference });
  }
  run.kill("SIGINT");
  await once(run, "exit");
  const shares = samples.map(({ share }) => share).sort((a, b) => a - b);
  const row = [
    placement,
    Math.round(median(samples.map(({ rate }) => rate))),
    Math.round(median(samples.map(({ reference }) => reference))),
    `${median(shares).toFixed(2)} (${shares[0].toFixed(2)} to ${shares.at(-1).toFixed(2)})`,
  ];
  console.log(`| ${row.join(" | ")} |`);
}

async function load(url) {
  const { stdout } = await promisify(execFile)("wrk", ["-t1", "-c64", "-d2s", url + QUERY]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]);
}

async function firstLine(child) {
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return line;
}

function median(values) {
  return values.slice().sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
