import { setTimeout as sleep } from "node:timers/promises";
import { to } from "zpipe";

const kept = Buffer.from("kept");

const MODES = {
  to: ({ value }) => to("next", value),
  throw: ({ status }) => {
    throw Object.assign(new RangeError("too far"), { status });
  },
  text: () => {
    throw "no error at all";
  },
  /** Gives away the same bytes again and again. */
  kept: () => kept,
  long: ({ length }) => "ü".repeat(length),
  compute: (_, { signal, log }) => {
    log.info("computes", { so: () => 1, n: 2n });
    while (!signal.aborted);
    return "stopped";
  },
  obey: (_, { signal, log }) => {
    log.info("computes");
    for (;;) signal.throwIfAborted();
  },
  wait: async (_, { signal, log }) => {
    log.info("waits");
    await sleep(2 ** 30, undefined, { signal });
  },
  deaf: (_, { log }) => {
    log.info("computes");
    for (;;);
  },
};

export default (job, ctx) => (job instanceof Uint8Array ? job.toString() : MODES[job.mode](job, ctx));

let logged;

export function setup({ log }) {
  logged = log;
}

/** Takes longer than a thread is given to hear that it is to end. */
export async function teardown() {
  await sleep(400);
  logged.info("torn down");
}
