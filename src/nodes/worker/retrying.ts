import type { JobContext } from "./job-context.js";
import type { JobRunner } from "./runner.js";
import { statusOf } from "./thrown.js";

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 30_000;

/** What waiting between two tries needs of the world. */
export interface Patience {
  /** Resolves after that time, or when the signal fires. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

/**
 * Calls a handler that threw again, up to so many times, with pauses that double. What it threw with a `status` below 500
 * is the fault of the request: another try would not mend that. Nor is tried what nobody wants any more.
 */
export function retrying(runner: JobRunner, retries: number, patience: Patience = real): JobRunner {
  if (!(retries > 0)) return runner;
  return {
    run: async (work, context) => {
      for (let failures = 0; ; failures++) {
        try {
          return await runner.run(work, context);
        } catch (error) {
          if (failures >= retries || isFinal(error, context)) throw error;
          await patience.pause(backoffMs(failures, patience.random()), context.signal);
          if (context.aborted) throw error;
        }
      }
    },
    outputsOf: (returned) => runner.outputsOf(returned),
    end: () => runner.end(),
  };
}

/** Between half of it and all of it, so that what failed at once is not tried again at once. */
export function backoffMs(failures: number, random: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** failures, LONGEST_BACKOFF_MS) * (0.5 + random / 2);
}

function isFinal(error: unknown, context: JobContext): boolean {
  const status = statusOf(error);
  return context.aborted || (status >= 400 && status < 500);
}

const real: Patience = {
  random: Math.random,
  pause: (ms, signal) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener("abort", end);
    }),
};
