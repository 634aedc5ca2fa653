import type { NodeContext } from "./types.js";

/** Lines in a row that are written out; then one a second says how many there were, until there is a second of peace. */
const WRITTEN_OUT = 5;
const SECOND_MS = 1000;

/** Logs what others send wrong. It is they who decide how much that is, and the log must not fill with it. */
export function refusalLog({ log }: Pick<NodeContext, "log">, what: string): (error: Error) => void {
  let written = 0;
  let unsaid = 0;
  let last = "";
  const everySecond = () => {
    if (unsaid === 0) {
      written = 0;
      return;
    }
    log("warn", `${what}: ${last}${unsaid > 1 ? ` (and ${unsaid - 1} more within a second)` : ""}`);
    unsaid = 0;
    setTimeout(everySecond, SECOND_MS).unref();
  };
  return ({ message }) => {
    if (written === 0) setTimeout(everySecond, SECOND_MS).unref();
    if (written < WRITTEN_OUT) {
      written++;
      log("warn", `${what}: ${message}`);
    } else {
      unsaid++;
      last = message;
    }
  };
}
