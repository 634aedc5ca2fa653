import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { type Stopped, stopRun } from "../cli/stop-run.js";
import { findRun, listRuns } from "../control/runs.js";
import { ExitCode } from "../errors.js";

export default class Down extends ZpipeCommand {
  static override summary = "Stop a run: answer what was taken, then end all its processes.";
  static override examples = [
    "<%= config.bin %> down",
    "<%= config.bin %> down euler6 -t 30",
    "<%= config.bin %> down --all",
  ];
  static override args = { name: Args.string({ description: "name of the run; not needed when only one is running" }) };
  static override flags = {
    name: Flags.string({ char: "n", env: "ZPIPE_NAME", description: "the same as NAME" }),
    timeout: Flags.integer({
      char: "t",
      min: 0,
      env: "ZPIPE_STOP_TIMEOUT",
      helpValue: "SECONDS",
      description: "wait so long for unanswered requests; 0 kills at once [default: --drain of `up`]",
    }),
    all: Flags.boolean({ description: "every run of this user" }),
  };

  async run(): Promise<{ readonly stopped: readonly Stopped[] }> {
    const { args, flags } = await this.parse(Down);
    const { timeout } = flags;
    const runs = flags.all ? await listRuns() : [await findRun(args.name ?? flags.name)];
    const stopped = await Promise.all(
      runs.map((run) => stopRun(run, timeout === undefined ? undefined : timeout * 1000)),
    );
    for (const { name, clean } of stopped) this.print(clean ? `${name} is down` : `${name} is down, by force`);
    if (timeout !== 0 && stopped.some(({ clean }) => !clean)) process.exitCode = ExitCode.failed;
    return { stopped };
  }
}
