import { resolve } from "node:path";
import { Flags } from "@oclif/core";
import { controlClient } from "../control/client.js";
import { findRun, listRuns } from "../control/runs.js";
import type { Control } from "../control/types.js";
import { ExitCode, ZpipeError } from "../errors.js";

/** Which run a command is about. */
export const nameFlag = Flags.string({
  char: "n",
  env: "ZPIPE_NAME",
  description: "name of the run; not needed when only one is running",
});

/** Of the one run of a topology file. */
export async function controlOfFile(file: string): Promise<Control> {
  const path = resolve(file);
  const runs = (await listRuns()).filter(({ topology }) => topology === path);
  if (runs.length === 1) return controlClient(runs[0]!);
  const names = runs.map(({ name }) => name).join(", ");
  throw new ZpipeError(runs.length === 0 ? `no run of ${file} is up` : `${file} has several runs: ${names}`, {
    code: runs.length === 0 ? "run-not-found" : "run-ambiguous",
    exitCode: runs.length === 0 ? ExitCode.unavailable : ExitCode.usage,
    hints: [runs.length === 0 ? `Start one with \`zpipe up ${file}\`.` : "Say which one by its name."],
  });
}

export async function controlOf(name: string | undefined): Promise<Control> {
  return controlClient(await findRun(name));
}
