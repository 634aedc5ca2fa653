import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { controlOf, nameFlag } from "../cli/control.js";
import { formatRuns, listSnapshots, type RunList } from "../cli/run-list.js";
import { formatSnapshot } from "../cli/snapshot-tables.js";
import type { RunRecord } from "../control/record.js";
import { listRuns } from "../control/runs.js";
import type { Snapshot } from "../metrics/snapshot.js";

export default class Ps extends ZpipeCommand {
  static override summary = "Show the nodes and stages of a run, or the runs when there are several.";
  static override examples = ["<%= config.bin %> ps", "<%= config.bin %> ps --json"];
  static override args = { name: Args.string({ description: "name of the run, as with --name" }) };
  static override flags = {
    name: nameFlag,
    quiet: Flags.boolean({ char: "q", description: "only the names" }),
  };

  async run(): Promise<Snapshot | RunList> {
    const { args, flags } = await this.parse(Ps);
    const name = args.name ?? flags.name;
    const runs = name === undefined ? await listRuns() : [];
    if (runs.length > 1) return this.#list(runs, flags.quiet);
    const control = await controlOf(name);
    const snapshot = await control.snapshot();
    this.print(flags.quiet ? snapshot.nodes.map((node) => node.name).join("\n") : formatSnapshot(snapshot));
    return snapshot;
  }

  async #list(records: readonly RunRecord[], quiet: boolean): Promise<RunList> {
    const list = await listSnapshots(records);
    this.print(quiet ? list.runs.map((run) => run.name).join("\n") : formatRuns(list));
    return list;
  }
}
