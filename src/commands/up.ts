import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { isDetached, startDetached, tellStarter } from "../cli/detached.js";
import { runInForeground } from "../cli/foreground.js";
import { loadOrFail } from "../cli/load.js";
import { withMetadata } from "../cli/metadata.js";
import { runFlags } from "../cli/run-flags.js";
import { echo, talk, wantsColour } from "../cli/talk.js";
import { mustBeTerminal, mustLeaveTerminal } from "../cli/terminal.js";
import { parseWorkers } from "../cli/workers-flag.js";
import type { RunRecord } from "../control/record.js";
import { toWireError } from "../control/wire.js";

export default class Up extends ZpipeCommand {
  static override summary = "Start a topology and serve until it is stopped.";
  static override description = "Ctrl-C drains: what was taken is answered first. A second Ctrl-C kills.";
  static override examples = ["<%= config.bin %> up topology.toml", "<%= config.bin %> up topology.toml -d --wait"];
  static override args = { file: Args.string({ required: true, description: "the topology file" }) };
  static override flags = {
    ...runFlags,
    listen: Flags.string({
      env: "ZPIPE_LISTEN",
      helpValue: "URL",
      description: "where the server listens; port 0: any",
    }),
    detach: Flags.boolean({ char: "d", description: "go on in the background" }),
    top: Flags.boolean({ exclusive: ["detach"], env: "ZPIPE_TOP", description: "watch it, as with `zpipe top`" }),
    wait: Flags.boolean({ dependsOn: ["detach"], env: "ZPIPE_WAIT", description: "return when requests can be sent" }),
    timeout: Flags.integer({
      dependsOn: ["wait"],
      env: "ZPIPE_TIMEOUT",
      min: 0,
      helpValue: "SECONDS",
      description: "wait no longer",
    }),
  };

  async run(): Promise<RunRecord | undefined> {
    const { args, flags } = await this.parse(Up);
    if (flags.top) mustBeTerminal("Start it without --top, or with -d.");
    // It takes longer to load than the topology; what waits for the disk waits at the same time.
    if (!flags.detach) void import("../runtime/start.js");
    const { topology: declared, graph } = await loadOrFail(args.file);
    if (flags.top) mustLeaveTerminal(declared);
    const topology = withMetadata(declared, flags);
    const workers = parseWorkers(flags.workers ?? []);
    if (flags.detach) return this.#detach(args.file, { ...flags, workers });
    const { name, placement, transport, listen } = flags;
    const version = this.config.version;
    const colour = wantsColour(process.stderr);
    process.exitCode = await runInForeground(
      {
        topology,
        graph,
        name,
        placement,
        transport,
        listen,
        workers,
        version,
        echo: isDetached() ? undefined : echo,
        colour,
        drainMs: flags.drain,
        logBytes: flags["log-size"],
        metricsPort: flags["metrics-port"],
      },
      {
        onOpen: async (run) => {
          tellStarter({ type: "open", record: run.record });
          return flags.top ? (await import("../cli/top.js")).showOwnRun(run) : undefined;
        },
        onReady: ({ record }) => {
          tellStarter({ type: "ready", record });
          if (this.jsonEnabled()) process.stdout.write(`${JSON.stringify(record)}\n`);
        },
      },
    );
    return undefined;
  }

  protected override async catch(error: Error): Promise<void> {
    if (isDetached()) tellStarter({ type: "failed", error: toWireError(error) });
    await super.catch(error);
  }

  async #detach(file: string, flags: DetachFlags): Promise<RunRecord> {
    const { name, placement, transport, listen, workers, set = [], metadata, wait, timeout } = flags;
    const logSize = flags["log-size"];
    const size = logSize === undefined ? undefined : `${logSize}B`;
    const drain = flags.drain === undefined ? undefined : `${flags.drain}ms`;
    const port = flags["metrics-port"]?.toString();
    const given = Object.entries({
      name,
      placement,
      transport,
      listen,
      metadata,
      drain,
      "log-size": size,
      "metrics-port": port,
    });
    const argv = [
      "up",
      file,
      ...given.flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, value])),
      ...[...workers].flatMap(([stage, count]) => ["--workers", `${stage}=${count}`]),
      ...set.flatMap((text) => ["--set", text]),
    ];
    const record = await startDetached({ argv, wait, timeoutMs: timeout === undefined ? undefined : timeout * 1000 });
    if (!this.jsonEnabled())
      talk(`${record.name} is ${wait ? `up${record.url ? ` at ${record.url}` : ""}` : "starting"} (pid ${record.pid})`);
    return record;
  }
}

interface DetachFlags {
  readonly name: string | undefined;
  readonly placement: string | undefined;
  readonly transport: string | undefined;
  readonly listen: string | undefined;
  readonly workers: ReadonlyMap<string, number>;
  readonly drain: number | undefined;
  readonly "log-size": number | undefined;
  readonly "metrics-port": number | undefined;
  readonly set: string[] | undefined;
  readonly metadata: string | undefined;
  readonly wait: boolean;
  readonly timeout: number | undefined;
}
