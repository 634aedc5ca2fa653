// What the shapes share: starting programs, waiting for their lines, rounds in turn, and tables.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** A path below test/bench. */
export const bench = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** For ipc endpoints and reports; short, because the paths of sockets must be. */
export const scratch = mkdtempSync(join(tmpdir(), "zb-"));
const running = new Set();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(scratch, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));

let sockets = 0;
export const socketPath = () => join(scratch, `${sockets++}`);
export const ipc = () => `ipc://${socketPath()}`;

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits for a program that does not say when it listens. */
export async function listening(port) {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return;
    } catch {
      await sleep(20);
    } finally {
      socket.destroy();
    }
  }
}

/** A child whose stdout is read line by line. Give it a `.js` file below test/bench, or any program. */
export function start(program, args = [], env = {}) {
  const [file, argv] = program.endsWith(".js") ? [process.execPath, [bench(program), ...args]] : [program, args];
  const child = spawn(file, argv, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  running.add(child);
  let talk = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    talk = (talk + text).slice(-4000);
  });
  const exit = once(child, "exit").finally(() => running.delete(child));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failure = (what) => new Error(`${[program, ...args].join(" ")}: ${what}\n${talk}`);
  return {
    exit,
    /** Its next line; a program that ends without one has failed. */
    async line() {
      const { value, done } = await lines.next();
      if (done) throw failure("ended without a word");
      return value;
    },
    failure,
    /** Reads on and throws away, so that the program is not stopped by a full pipe. */
    async drain() {
      for await (const _ of lines);
    },
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await exit;
    },
  };
}

/** Starts each when the one before has said that it is ready, which is its first line. */
export async function startInOrder(programs) {
  const started = [];
  for (const each of programs) {
    const program = start(...each);
    started.push(program);
    await program.line();
  }
  return started;
}

export function stopAll(programs) {
  return Promise.all(programs.map((program) => program.stop("SIGKILL")));
}

export function onPath(program) {
  return process.env.PATH.split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Why a peer cannot run here, or undefined. */
export function missing({ programs = [], packages = [] }) {
  const absent = programs.filter((program) => !onPath(program));
  if (absent.length > 0) return `${absent.join(" and ")} not on the PATH`;
  const uninstalled = packages.filter((name) => !existsSync(bench(`peers/node_modules/${name}`)));
  if (uninstalled.length > 0) return `${uninstalled.join(" and ")} not installed (npm run bench -- install)`;
  return undefined;
}

export function options(defaults) {
  const { values } = parseArgs({
    options: { rounds: { type: "string", short: "r" }, only: { type: "string" } },
  });
  return { rounds: Number(values.rounds ?? defaults.rounds), only: values.only?.split(",") };
}

/**
 * Runs all contestants in turn, round after round, so that a drifting machine drifts for all. A contestant is
 * `{ name, needs, run }`; gives the results of each that could run, by name.
 */
export async function compete(contestants, { rounds, only }) {
  const able = contestants.filter(({ name, needs }) => {
    if (only !== undefined && !only.includes(name)) return false;
    const reason = needs && missing(needs);
    if (reason !== undefined) console.log(`skipped ${name}: ${reason}\n`);
    return reason === undefined;
  });
  const results = new Map(able.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of able) results.get(name).push(await run(round));
  }
  return results;
}

export function percentile(values, share) {
  const sorted = values.slice().sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (values) => percentile(values, 0.5);

/** `median (lowest to highest)`. */
export function spread(values, digits = 0) {
  const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)].map((n) => n.toFixed(digits));
  return `${middle} (${low} to ${high})`;
}

/** The spread of one figure of several results. */
export function spreadOf(results, key, digits) {
  return spread(
    results.map((result) => result[key]),
    digits,
  );
}

/** Of each round the ratio to the same round of another contestant. */
export function ratios(results, others) {
  return results.map((value, round) => value / others[round]);
}

export function printTable(head, rows) {
  console.log(`| ${head.join(" | ")} |`);
  console.log(`|${head.map(() => "---").join("|")}|`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  console.log();
}
