import { Args } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { controlOf, nameFlag } from "../cli/control.js";
import { joinCounts, parseChanges } from "../cli/scale-changes.js";
import type { ScaleResult } from "../control/types.js";

export default class Scale extends ZpipeCommand {
  static override summary = "Change the number of workers of stages.";
  static override description =
    "Returns when new workers are ready, and when those that leave have finished their jobs.";
  static override examples = ["<%= config.bin %> scale square 4", "<%= config.bin %> scale square +1 sum -1"];
  static override usage = "scale STAGE N|+N|-N ... [-n NAME] [--json]";
  static override strict = false;
  static override args = {
    stage: Args.string({ description: "STAGE N sets it, +N and -N change it; several may be given" }),
  };
  static override flags = { name: nameFlag };

  async run(): Promise<ScaleResult> {
    this.argv = [...joinCounts(this.argv)];
    const { argv, flags } = await this.parse(Scale);
    const changes = parseChanges(joinCounts(argv as string[]));
    const control = await controlOf(flags.name);
    const result = await control.scale(changes);
    for (const { stage, before, after } of result.stages) this.print(`${stage}: ${before} → ${after}`);
    return result;
  }
}
