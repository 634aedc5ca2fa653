import { setTimeout } from "node:timers/promises";
import type { Source } from "zpipe";

/** Counts, without haste. */
const numbers: Source<number> = async function* ({ source, topology, log, signal }) {
  log.info(`${source} of ${topology} begins`);
  for (let n = 1; n <= Number(process.env.COUNT); n++) {
    if (signal.aborted) return;
    if (n % 50 === 0) await setTimeout(1);
    yield n;
  }
  log.info(`${source} has made all`);
};

export default numbers;
