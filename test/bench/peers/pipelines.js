// The pipelines of the peers: each starts source, worker, sink and what stands between them, one process a node, and gives
// what the sink reports.
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { freePort, ipc, scratch, socketPath, start, startInOrder, stopAll } from "../support/harness.js";

/** By hand with zeromq.js: a ROUTER that sends against credits, and one job a message. */
export function zeromq({ jobs, sink, handler = "add-one", workers = 1, credits, concurrency = 1, window = 1000 }) {
  const [jobsAt, workAt, resultsAt, acksAt] = [ipc(), ipc(), ipc(), ipc()];
  const worker = [workAt, resultsAt, handler, credits, concurrency];
  return run([], 0, [
    ["peers/zeromq/sink.js", [resultsAt, acksAt], { BENCH_SINK: sink }],
    ["peers/zeromq/distributor.js", [jobsAt, workAt]],
    ...new Array(workers).fill(["peers/zeromq/worker.js", worker]),
    ["peers/zeromq/source.js", [jobsAt, acksAt, window], { BENCH_JOBS: JSON.stringify(jobs) }],
  ]);
}

/** Core NATS: a queue group of one worker; nothing is kept, nothing is sent again. */
export function nats(settings) {
  return onNats("nats", [], settings);
}

/** NATS with work queues in memory, as custody has it: what is not acknowledged is given out again. */
export function jetstream(settings) {
  return onNats("jetstream", ["-js", "-sd", mkdtempSync(join(scratch, "jetstream-"))], settings);
}

async function onNats(peer, flags, { window }) {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const server = start("nats-server", ["-a", "127.0.0.1", "-p", String(port), ...flags]);
  return run([server], 0, [
    [`peers/${peer}/sink.js`, [address]],
    [`peers/${peer}/worker.js`, [address]],
    [`peers/${peer}/source.js`, [address, window]],
  ]);
}

/** Redis on a Unix socket, without persistence. @param results the queue of the sink; undefined: it hears of what is done */
export async function bullmq({ window, bulk, concurrency, results }) {
  const path = socketPath();
  const flags = ["--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"];
  const server = start("redis-server", flags);
  while (!(await server.line()).includes("ready to accept connections at"));
  const queue = results === undefined ? [] : [results];
  return run([server], 0, [
    ["peers/bullmq/sink.js", [path, concurrency, ...queue]],
    ["peers/bullmq/worker.js", [path, concurrency, ...queue]],
    ["peers/bullmq/source.js", [path, window, bulk]],
  ]);
}

/** No pipeline but its speed limit: one hop, 64 jobs in a frame, and nobody looks at them. */
export function packed() {
  const address = ipc();
  return run([], 0, [
    ["peers/packed/pull.js", [address]],
    ["peers/packed/push.js", [address]],
  ]);
}

/** Bare REQ/REP between two processes. */
export function reqrep(trips) {
  const address = ipc();
  return run([], 1, [
    ["peers/reqrep/rep.js", [address]],
    ["peers/reqrep/req.js", [address, trips]],
  ]);
}

/** Gives what the program number `reporter` says after it was ready. */
async function run(servers, reporter, programs) {
  const started = await startInOrder(programs);
  const reporting = started[reporter];
  const others = [...started, ...servers].filter((program) => program !== reporting);
  const failures = others.map((program) => program.exit.then(() => Promise.reject(program.failure("ended early"))));
  const line = await Promise.race([reporting.line(), ...failures]);
  await stopAll([...started, ...servers]);
  return JSON.parse(line);
}
