import { ZpipeError } from "../errors.js";
import type { Run } from "../runtime/run.js";
import { reportError } from "./base.js";
import { talk } from "./talk.js";

/**
 * The first signal drains, the second kills. They are heeded from the very start: one that comes while the run is being
 * opened must not end this process and leave the rest.
 */
export function heedSignals(): { readonly stop: (run: Run) => void; readonly ignore: () => void } {
  let heard = 0;
  let onSignal = () => {
    heard++;
  };
  const listener = () => onSignal();
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of names) process.on(name, listener);
  return {
    stop: (run) => {
      let asked = false;
      onSignal = () => {
        if (!asked) talk(`stopping ${run.record.name}`);
        run.stop({ kill: asked }).catch(reportUnknown);
        asked = true;
      };
      for (; heard > 0; heard--) onSignal();
    },
    ignore: () => {
      for (const name of names) process.off(name, listener);
    },
  };
}

function reportUnknown(error: unknown): void {
  if (error instanceof ZpipeError) reportError(error);
  else talk(String(error));
}
