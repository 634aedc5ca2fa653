import { setTimeout } from "node:timers/promises";

let ready = false;
let jobs = 0;

export async function setup({ worker, stage, topology, log }) {
  await setTimeout(100);
  ready = true;
  log.info(`sets up ${worker} of ${stage} in ${topology}`);
}

export default (_, { worker }) => ({ worker, ready, jobs: ++jobs });

export async function teardown() {
  await setTimeout(100);
  console.log("tears down");
}
