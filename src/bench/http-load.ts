import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { mergeReports, splitOrder } from "../load/merge.js";
import type { LoadOrder, LoadReport } from "../plan/load.js";

/** From src/bench as well as from dist/bench. */
const THREAD = fileURLToPath(new URL("../../dist/bench/http-thread.js", import.meta.url));

/** One thread makes some ten thousand requests a second; more than a few would take the CPU from what is measured. */
const MOST_THREADS = 4;

export interface HttpLoad {
  /** Begins; resolves when the last answer has come. */
  run(): Promise<LoadReport>;
  close(): Promise<void>;
}

/** Threads that will make a load over HTTP, apart from the event loop of the supervisor; resolves when they can begin. */
export async function prepareHttpLoad(url: string, order: LoadOrder): Promise<HttpLoad> {
  const makers = Math.min(MOST_THREADS, Math.max(1, Math.floor(availableParallelism() / 2)));
  const threads = splitOrder(order, makers).map((share) => new Worker(THREAD, { workerData: { url, order: share } }));
  const close = async () => void (await Promise.all(threads.map((thread) => thread.terminate())));
  try {
    await Promise.all(threads.map((thread) => once(thread, "message")));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    run: async () => {
      const reports = threads.map(async (thread) => {
        thread.postMessage("go");
        const [report] = (await once(thread, "message")) as [LoadReport];
        return report;
      });
      return mergeReports(await Promise.all(reports));
    },
    close,
  };
}
