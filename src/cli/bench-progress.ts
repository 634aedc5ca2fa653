import { formatMs } from "../metrics/format.js";
import type { Snapshot } from "../metrics/snapshot.js";

/** One line on a terminal that is written over again and again; nothing elsewhere. */
export function progressLine(stream: NodeJS.WriteStream): {
  readonly show: (snapshot: Snapshot) => void;
  readonly clear: () => void;
} {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  const clear = () => void stream.write("\r\u001b[K");
  return {
    show: ({ run, server, sources }) => {
      const latencies = [...(server ? [server] : []), ...sources].map(({ latency }) => latency);
      const answered = latencies.reduce((sum, { total }) => sum + total.count, 0);
      const p99 = formatMs(Math.max(...latencies.map(({ p99Ms }) => p99Ms)));
      stream.write(`\r\u001b[K${run.name}: ${Math.round(run.uptimeMs / 1000)} s, ${answered} answers, p99 ${p99} ms`);
    },
    clear,
  };
}
