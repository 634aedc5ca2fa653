import type { Output, Work } from "../../protocol/messages.js";
import { decodeBody } from "../../protocol/payload.js";
import type { WorkerModule } from "./handler.js";
import type { JobContext } from "./job-context.js";
import { outputsOf } from "./outputs.js";

/** Where a worker's jobs are done. Two steps, so that a handler that is not async needs no promise. */
export interface JobRunner {
  /** What it returns, or resolves to, is for `outputsOf`. Throws or rejects as the handler does. */
  run(work: Work, context: JobContext): unknown;
  outputsOf(returned: unknown): readonly Output[];
  /** After the last job; resolves when nothing of it is left. */
  end(): Promise<void>;
}

/** Jobs are done on this thread's event loop. */
export function runHere({ default: handler, teardown }: WorkerModule, edges: readonly string[]): JobRunner {
  return {
    run: (work, context) => handler(decodeBody(work) as never, context),
    outputsOf: (returned) => outputsOf(returned, edges),
    end: async () => {
      await teardown?.();
    },
  };
}
