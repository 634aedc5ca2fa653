import { Flags } from "@oclif/core";
import { TRANSPORTS } from "../plan/types.js";
import { PLACEMENTS } from "../topology/types.js";

/** What every command that starts a run takes. */
export const placementFlag = Flags.option({
  options: PLACEMENTS,
  env: "ZPIPE_PLACEMENT",
  description: "which nodes share a process",
})();

export const transportFlag = Flags.option({
  options: TRANSPORTS,
  env: "ZPIPE_TRANSPORT",
  description: "how processes reach each other",
})();

export const workersFlag = Flags.string({
  char: "w",
  multiple: true,
  multipleNonGreedy: true,
  env: "ZPIPE_WORKERS",
  helpValue: "STAGE=N",
  description: "workers to start; may be repeated, or STAGE=N,STAGE=N",
});
