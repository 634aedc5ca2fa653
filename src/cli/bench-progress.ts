import type { Snapshot } from "../metrics/snapshot.js";
import { formatMs } from "./snapshot-tables.js";

/** One line on a terminal that is written over again and again; nothing elsewhere. */
export function progressLine(stream: NodeJS.WriteStream): {
  readonly show: (snapshot: Snapshot) => void;
  readonly clear: () => void;
} {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  const clear = () => void stream.write("\r\u001b[K");
  return {
    show: ({ run, server }) => {
      const answered = server?.latency.total.count ?? 0;
      const p99 = formatMs(server?.latency.p99Ms ?? 0);
      stream.write(`\r\u001b[K${run.name}: ${Math.round(run.uptimeMs / 1000)} s, ${answered} answers, p99 ${p99} ms`);
    },
    clear,
  };
}
