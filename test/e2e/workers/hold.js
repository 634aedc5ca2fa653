import { access } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

/** Holds each job until the file that it names is there. */
export default async ({ until }, { signal }) => {
  console.log(`holds for ${until}`);
  for (;;) {
    signal.throwIfAborted();
    try {
      await access(until);
      return { until };
    } catch {
      await setTimeout(20);
    }
  }
};
