import { appendFileSync, existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

let active = 0;

function note(what) {
  appendFileSync(process.env.SEEN, `${JSON.stringify(what)}\n`);
}

export function setup({ worker }) {
  note({ setup: worker });
}

/** Notes what it sees, before it waits as long as it has been told to. */
export default async (value, { request, worker }) => {
  active++;
  note({ value, request, worker, active });
  const { UNTIL } = process.env;
  while (UNTIL && !existsSync(UNTIL)) await setTimeout(5);
  await setTimeout(Number(process.env.MS ?? 0));
  active--;
  return value;
};

export function teardown() {
  note({ teardown: true });
}
