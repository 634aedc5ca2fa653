import type { SetupContext } from "zpipe";

let log: SetupContext["log"];
let collected = 0;
let firstAt = 0;
let lastAt = 0;

export function setup(worker: SetupContext) {
  log = worker.log;
}

/** Each is acknowledged when this has returned. */
export default () => {
  lastAt = performance.now();
  if (collected === 0) firstAt = lastAt;
  collected++;
};

export function teardown() {
  log.info(`collected ${collected} in ${(lastAt - firstAt).toFixed(1)} ms`);
}
