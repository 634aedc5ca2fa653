import { ExitCode } from "../errors.js";
import type { RunOptions } from "../runtime/options.js";
import type { Run } from "../runtime/run.js";
import { announcement } from "./announce.js";
import { count } from "./count.js";
import { heedSignals } from "./signals.js";
import { talk } from "./talk.js";

export interface ForegroundHooks {
  /** The name is taken: the run can be controlled. May give what is to be called when the run has ended. */
  readonly onOpen: (run: Run) => Promise<(() => void) | undefined>;
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
  let close: (() => void) | undefined;
  try {
    close = await hooks.onOpen(run);
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
    close?.();
    unwatch();
    signals.ignore();
  }
}
