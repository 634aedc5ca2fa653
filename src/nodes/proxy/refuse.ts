import type { Job } from "../../protocol/messages.js";
import { Hop, type HopLog } from "../hop-log.js";
import type { PoolPorts } from "./pool-types.js";
import type { Tally } from "./tally.js";

/** The job is not let into the stage; no worker has had it. */
export function refuse(
  job: Job,
  refusal: { readonly message: string; readonly status?: number },
  { ports, log, tally }: { readonly ports: PoolPorts; readonly log: HopLog; readonly tally: Tally },
): void {
  tally.received++;
  tally.failed++;
  const now = ports.now();
  log.add(job, "", now, now, 0, Hop.refused, 0);
  ports.refused(job, refusal.message, { status: refusal.status ?? 0 });
}
