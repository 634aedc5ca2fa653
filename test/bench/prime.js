// GET /is_prime of prime_server's example: its own prime_serverd (two stages of threads, one process; skipped if it is not
// on the PATH), node:http alone, and zpipe with one stage of two workers, at 8 connections.
// Usage: node test/bench/prime.js [--rounds N] [--only node:http,prime_serverd,zpipe]
import { freePort, listening, missing, options, start } from "./support/harness.js";
import { compareHttp } from "./support/http-load.js";

const peers = [];
const reason = missing({ programs: ["prime_serverd"] });
if (reason === undefined) peers.push({ name: "prime_serverd", start: primeServer });
else console.log(`skipped prime_serverd: ${reason}\n`);
await compareHttp({
  topology: "prime",
  placement: "hub",
  path: "/is_prime?possible_prime=32416190071",
  peers,
  ...options({ rounds: 5 }),
});

/** Two threads a stage, as zpipe gets two workers. It logs each request to its stdout, which has to be read. */
async function primeServer() {
  const port = await freePort();
  const server = start("prime_serverd", [`tcp://127.0.0.1:${port}`, "2"]);
  server.drain();
  await listening(port);
  return { url: `http://127.0.0.1:${port}`, stop: () => server.stop("SIGKILL") };
}
