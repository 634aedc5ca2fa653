import { controlClient } from "../control/client.js";
import type { RunRecord } from "../control/record.js";
import { formatDuration } from "../metrics/format.js";
import type { RunSnapshot } from "../metrics/snapshot.js";
import { formatTable } from "./table.js";

/** Several runs, of which none was named. */
export interface RunList {
  readonly runs: readonly RunSnapshot[];
}

/** Asks every run how it is; one that ends meanwhile is left out. */
export async function listSnapshots(records: readonly RunRecord[]): Promise<RunList> {
  const snapshots = await Promise.allSettled(records.map((record) => controlClient(record).snapshot()));
  return { runs: snapshots.flatMap((each) => (each.status === "fulfilled" ? [each.value.run] : [])) };
}

export function formatRuns({ runs }: RunList): string {
  const table = formatTable(
    ["NAME", "STATE", "PID", "URL", "UP", "TOPOLOGY"],
    runs.map(({ name, state, pid, url, uptimeMs, topology }) => [
      name,
      state,
      pid,
      url,
      formatDuration(uptimeMs),
      topology,
    ]),
  );
  return `${table}\n\nSeveral topologies are running: \`zpipe ps NAME\` shows one of them.`;
}
