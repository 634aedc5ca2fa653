import { Flags } from "@oclif/core";
import { controlClient } from "../control/client.js";
import { findRun } from "../control/runs.js";
import type { Control } from "../control/types.js";

/** Which run a command is about. */
export const nameFlag = Flags.string({
  char: "n",
  env: "ZPIPE_NAME",
  description: "name of the run; not needed when only one is running",
});

export async function controlOf(name: string | undefined): Promise<Control> {
  return controlClient(await findRun(name));
}
