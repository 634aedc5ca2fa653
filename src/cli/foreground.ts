import { ExitCode, ZpipeError } from "../errors.js";
import type { RunOptions } from "../runtime/options.js";
import type { Run } from "../runtime/run.js";
import { announcement } from "./announce.js";
import { reportError } from "./base.js";
import { count } from "./count.js";
import { talk } from "./talk.js";

export interface ForegroundHooks {
  /** The name is taken: the run can be controlled. */
  readonly onOpen: (run: Run) => void;
  readonly onReady: (run: Run) => void;
}

/** Runs the topology until it is stopped; gives the exit code. Throws when the run fails. */
export async function runInForeground(options: RunOptions, hooks: ForegroundHooks): Promise<number> {
  const signals = heedSignals();
  const { openRun } = await import("../runtime/start.js");
  const run = await openRun(options);
  signals.stop(run);
  // A terminal that is gone cannot be talked to; SIGHUP tells what to do about it.
  process.stderr.on("error", () => {});
  const unwatch = run.watch((event) => {
    if (event.type === "waiting") talk(`waiting for ${count(event.pending, "request")} (Ctrl-C again to give up)`);
  });
  try {
    hooks.onOpen(run);
    await run.ready.then(
      async () => {
        talk(announcement(await run.snapshot(), options.topology, performance.now()));
        hooks.onReady(run);
      },
      // Why, is told by the end of the run.
      () => {},
    );
    const { clean, unanswered, error } = await run.ended;
    if (error !== undefined) throw error;
    if (unanswered > 0) talk(`gave up ${count(unanswered, "request")}`);
    return clean ? 0 : ExitCode.forced;
  } finally {
    unwatch();
    signals.ignore();
  }
}

/**
 * The first signal drains, the second kills. They are heeded from the very start: one that comes while the run is being
 * opened must not end this process and leave the rest.
 */
function heedSignals(): { readonly stop: (run: Run) => void; readonly ignore: () => void } {
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
