import { once } from "node:events";
import { setImmediate } from "node:timers/promises";

let name;

export function setup({ worker }) {
  name = worker;
}

/** Prints so many lines, each in two pieces with other work between them. */
export default async function print({ lines, die }, { attempt, log }) {
  if (die && attempt === 1) {
    // Else what it printed before might not have left: a process that exits by itself does not wait for that.
    await new Promise((resolve) => process.stdout.write("", resolve));
    process.stderr.write("this is \u001b[31mthe end\u0007\nof it", () => process.exit(3));
    await new Promise(() => {});
  }
  for (let i = 0; i < lines; i++) {
    process.stdout.write(`${name} says ${i} `);
    await setImmediate();
    if (!process.stdout.write(`${"=".repeat(80)}\n`)) await once(process.stdout, "drain");
  }
  log.warn("said all", { lines });
  return name;
}
