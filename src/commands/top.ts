import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { controlOf, nameFlag } from "../cli/control.js";
import { mustBeTerminal } from "../cli/terminal.js";
import type { Snapshot } from "../metrics/snapshot.js";

/** Where nobody says how wide a line may be: all columns. */
const PIPE_WIDTH = 160;

export default class Top extends ZpipeCommand {
  static override summary = "Watch a run: its stages, graph and log, and scale, restart or kill what is in it.";
  static override description =
    "Press ? for the keys. The run goes on when you quit; when it ends, top waits for it to come back.";
  static override examples = ["<%= config.bin %> top", "<%= config.bin %> top euler6 --once --json"];
  static override args = { name: Args.string({ description: "name of the run, as with --name" }) };
  static override flags = {
    name: nameFlag,
    once: Flags.boolean({ env: "ZPIPE_ONCE", description: "print what there is to see now, and end" }),
  };

  async run(): Promise<Snapshot | undefined> {
    const { args, flags } = await this.parse(Top);
    const name = args.name ?? flags.name;
    if (!flags.once && !this.jsonEnabled()) {
      mustBeTerminal("`zpipe top --once` prints a snapshot, and with --json as data.");
      await (await import("../cli/top.js")).showRun(name);
      return undefined;
    }
    const snapshot = await (await controlOf(name)).snapshot();
    const { onceText } = await import("../dashboard/once.js");
    this.print(onceText(snapshot, process.stdout.columns ?? PIPE_WIDTH));
    return snapshot;
  }
}
