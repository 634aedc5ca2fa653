import { controlClient } from "../control/client.js";
import type { RunRecord } from "../control/record.js";
import type { StopResult } from "../control/types.js";
import { count } from "./count.js";
import { talk } from "./talk.js";

export interface Stopped extends StopResult {
  readonly name: string;
}

/** Stops a run and says meanwhile what it waits for. @param graceMs how long; undefined: as it was started with */
export async function stopRun(run: RunRecord, graceMs: number | undefined): Promise<Stopped> {
  const control = controlClient(run);
  const unwatch = control.watch((event) => {
    if (event.type === "waiting") talk(`${run.name} waits for ${count(event.pending, "unanswered request")}`);
  });
  try {
    return {
      name: run.name,
      ...(await control.stop({ ...(graceMs !== undefined && { graceMs }), kill: graceMs === 0 })),
    };
  } finally {
    unwatch();
  }
}
