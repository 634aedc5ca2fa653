// Runs topologies of test/bench/topologies by the built zpipe, as a user would.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { bench, socketPath, start } from "./harness.js";

let runs = 0;

/** A topology with a server; gives its address, and `stop`. */
export async function serve(topology, args = []) {
  const run = up(topology, ["--listen", "http://127.0.0.1:0", ...args]);
  const { url } = JSON.parse(await run.line());
  return { url, stop: () => run.stop("SIGINT") };
}

/** A topology with a source: gives what one of its nodes reports, and ends the run. */
export async function runBatch(topology, { args = [], jobs, sink }) {
  const reports = createServer();
  const path = socketPath();
  await once(reports.listen(path), "listening");
  const env = { BENCH_JOBS: JSON.stringify(jobs), ...(sink && { BENCH_SINK: sink }), BENCH_REPORT: path };
  const run = up(topology, args, env);
  const reported = once(reports, "connection").then(async ([socket]) => {
    const [line] = await once(createInterface({ input: socket }), "line");
    return JSON.parse(line);
  });
  const ended = run.exit.then(async ([code]) => {
    // A run that ends by itself after its last job may be gone before its report is read.
    if (code !== 0) throw run.failure(`ended with ${code}`);
    return reported;
  });
  try {
    return await Promise.race([reported, ended]);
  } finally {
    await run.stop("SIGINT");
    reports.close();
  }
}

/** A topology without a server, by `zpipe bench`: jobs per second. @param line what its standard input repeats for ever */
export async function rateOf(topology, { line = "" } = {}) {
  const zpipe = `"${process.execPath}" "${bench("../../bin/run.js")}" bench "${bench(`topologies/${topology}.toml`)}"`;
  const flags = `--warmup 1500ms --duration 3s --json --name bench-${process.pid}-${runs++}`;
  const { stdout } = await promisify(execFile)("sh", ["-c", `yes '${line}' | ${zpipe} ${flags}`], {
    maxBuffer: 2 ** 24,
  });
  const [{ rate, errors }] = JSON.parse(stdout).results;
  if (errors.failed > 0) throw new Error(`${errors.failed} jobs of ${topology} failed`);
  return { rate };
}

function up(topology, args, env = {}) {
  const name = `bench-${process.pid}-${runs++}`;
  return start(
    "../../bin/run.js",
    ["up", bench(`topologies/${topology}.toml`), "--json", "--name", name, ...args],
    env,
  );
}
