import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { exitCodeOf, formatBatch, runToEnd } from "../cli/batch.js";
import { loadOrFail } from "../cli/load.js";
import { withMetadata } from "../cli/metadata.js";
import { runFlags } from "../cli/run-flags.js";
import { talk, wantsColour } from "../cli/talk.js";
import { parseWorkers } from "../cli/workers-flag.js";

export default class Run extends ZpipeCommand {
  static override summary = "Run a topology until its sources have come to their end.";
  static override description =
    "Exits with 1 when a job has failed, naming the failures. With a checkpoint, an interrupted run goes on where it was.";
  static override examples = [
    "<%= config.bin %> run topology.toml < jobs.jsonl > results.jsonl",
    "<%= config.bin %> run topology.toml --workers step=8",
  ];
  static override args = { file: Args.string({ required: true, description: "the topology file" }) };
  static override flags = {
    ...runFlags,
    ordered: Flags.boolean({ description: "write the results in the order of the jobs" }),
    verbose: Flags.boolean({ char: "v", description: "show what the nodes say" }),
  };

  async run(): Promise<undefined> {
    const { args, flags } = await this.parse(Run);
    void import("../runtime/start.js");
    const { topology: declared, graph } = await loadOrFail(args.file);
    // Standard output belongs to the results, if a sink writes there.
    if (declared.stages.some(({ run }) => run.kind === "stdout")) this.jsonOutput = process.stderr;
    const topology = withMetadata(declared, flags);
    const { name, placement, transport, ordered, verbose } = flags;
    const workers = parseWorkers(flags.workers ?? []);
    const version = this.config.version;
    const echo = verbose ? process.stderr : undefined;
    const colour = wantsColour(process.stderr);
    // A line that is drawn again and again would wipe out what somebody types.
    const typed = process.stdin.isTTY && topology.sources.some(({ input }) => input.kind === "stdin");
    if (typed) talk("reading lines from the terminal; Ctrl-D ends them");
    const terminal = process.stderr.isTTY && !verbose && !typed ? process.stderr : undefined;
    const logBytes = flags["log-size"];
    const metricsPort = flags["metrics-port"];
    const drainMs = flags.drain;
    const options = {
      topology,
      graph,
      name,
      placement,
      transport,
      workers,
      ordered,
      version,
      echo,
      colour,
      logBytes,
      metricsPort,
      drainMs,
    };
    const result = await runToEnd(options, terminal);
    process.exitCode = exitCodeOf(result);
    if (!this.jsonEnabled()) talk(formatBatch(result));
    else this.jsonOutput.write(`${JSON.stringify(result)}\n`);
    return undefined;
  }
}
