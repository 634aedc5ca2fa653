import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { controlOf, nameFlag } from "../cli/control.js";
import { formatSnapshot } from "../cli/snapshot-tables.js";
import type { Snapshot } from "../metrics/snapshot.js";

export default class Ps extends ZpipeCommand {
  static override summary = "Show the nodes and stages of a run.";
  static override examples = ["<%= config.bin %> ps", "<%= config.bin %> ps --json"];
  static override args = { name: Args.string({ description: "name of the run, as with --name" }) };
  static override flags = {
    name: nameFlag,
    quiet: Flags.boolean({ char: "q", description: "only the names of the nodes" }),
  };

  async run(): Promise<Snapshot> {
    const { args, flags } = await this.parse(Ps);
    const control = await controlOf(args.name ?? flags.name);
    const snapshot = await control.snapshot();
    this.print(flags.quiet ? snapshot.nodes.map((node) => node.name).join("\n") : formatSnapshot(snapshot));
    return snapshot;
  }
}
