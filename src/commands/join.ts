import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { runJoin } from "../cli/join.js";
import { loadOrFail } from "../cli/load.js";
import { workersFlag } from "../cli/run-flags.js";
import { talk, wantsColour } from "../cli/talk.js";
import { parseWorkers } from "../cli/workers-flag.js";

export default class Join extends ZpipeCommand {
  static override summary = "Work for stages of a topology that runs on another host.";
  static override description =
    "Hears its beacon, starts workers here from this host's own copy of the topology and its modules, and finds it again after a cut or a restart. Ctrl-C leaves: workers finish what they run, and nothing is lost. A second Ctrl-C kills.";
  static override examples = [
    "<%= config.bin %> join topology.toml --workers square=4 --key laptop.key",
    "<%= config.bin %> join topology.toml -w square=4 -w sum=1 --key laptop.key --from 10.0.0.5:5671",
  ];
  static override args = { file: Args.string({ required: true, description: "this host's copy of the topology" }) };
  static override flags = {
    workers: workersFlag,
    key: Flags.string({ char: "k", env: "ZPIPE_KEY", helpValue: "FILE", description: "key of this client" }),
    from: Flags.string({
      env: "ZPIPE_FROM",
      helpValue: "HOST:PORT",
      description: "where the topology lets workers in; beacons are not needed then",
    }),
    host: Flags.string({
      env: "ZPIPE_HOST",
      helpValue: "NAME",
      description: "part of the workers' names [default: name of this machine]",
    }),
    timeout: Flags.integer({
      env: "ZPIPE_TIMEOUT",
      min: 1,
      helpValue: "SECONDS",
      description: "give up when it is not found within this time [default: wait for it]",
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Join);
    const { topology, graph } = await loadOrFail(args.file);
    const { key, from, host, timeout } = flags;
    const workers = parseWorkers(flags.workers ?? []);
    const json = this.jsonEnabled();
    process.exitCode = await runJoin(
      { topology, graph, workers, key, from, host },
      {
        timeoutMs: timeout === undefined ? undefined : timeout * 1000,
        colour: wantsColour(process.stderr),
        talk,
        onEvent: (event) => {
          if (json && event.type !== "log") process.stdout.write(`${JSON.stringify(event)}\n`);
        },
      },
    );
  }
}
