import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { nameFlag } from "../cli/control.js";
import { showEvents } from "../cli/events.js";
import { findRun } from "../control/runs.js";

export default class Events extends ZpipeCommand {
  static override summary = "Show what happens to a run: starts, deaths, restarts, scalings.";
  static override description =
    "First what has happened so far, to the last thousand, then what happens until the run has ended. With --json, an object a line.";
  static override examples = ["<%= config.bin %> events", "<%= config.bin %> events euler6 --json"];
  static override args = { name: Args.string({ description: "name of the run, as with --name" }) };
  static override flags = {
    name: nameFlag,
    once: Flags.boolean({ description: "only what has happened so far" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Events);
    await showEvents(await findRun(args.name ?? flags.name), { once: flags.once, json: this.jsonEnabled() });
  }
}
