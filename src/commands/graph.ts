import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { controlOf, controlOfFile, nameFlag } from "../cli/control.js";
import { loadOrFail } from "../cli/load.js";
import { GRAPH_FORMATS, type GraphFormat, liveGraphJson, renderGraph, renderLive } from "../cli/render-graph.js";
import { watchGraph } from "../cli/watch-graph.js";
import { ExitCode, ZpipeError } from "../errors.js";

export default class GraphCommand extends ZpipeCommand {
  static override summary = "Draw the graph of a topology, or of a run with its rates, depths and times.";
  static override description =
    "With --live, numbers stand at the edges and nodes: jobs by second, what queues and runs, and the 99th percentiles of the last five seconds.";
  static override examples = [
    "<%= config.bin %> graph topology.toml",
    "<%= config.bin %> graph topology.toml --format svg > graph.svg",
    "<%= config.bin %> graph --live",
    "<%= config.bin %> graph --live euler6 --watch",
  ];
  static override args = {
    topology: Args.string({ description: "the topology file; with --live, that of a run, or its name" }),
  };
  static override flags = {
    format: Flags.option({
      char: "f",
      options: GRAPH_FORMATS,
      default: "ascii" as GraphFormat,
      env: "ZPIPE_FORMAT",
      description: "how to draw it",
    })(),
    live: Flags.boolean({ char: "l", description: "of a run, with what goes on in it" }),
    name: nameFlag,
    watch: Flags.boolean({ char: "w", dependsOn: ["live"], description: "draw it again every second, until Ctrl-C" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(GraphCommand);
    if (!flags.live) {
      const { graph } = await loadOrFail(args.topology ?? missingFile());
      if (this.jsonEnabled()) return JSON.parse(await renderGraph(graph, "json"));
      this.print((await renderGraph(graph, flags.format)).trimEnd());
      return undefined;
    }
    const run = args.topology ?? flags.name;
    const control = await (run?.endsWith(".toml") ? controlOfFile(run) : controlOf(run));
    if (flags.watch) return watchGraph(control, this.jsonEnabled() ? "json" : flags.format);
    const snapshot = await control.snapshot();
    if (this.jsonEnabled()) return liveGraphJson(snapshot);
    this.print((await renderLive(snapshot, flags.format)).trimEnd());
    return undefined;
  }
}

function missingFile(): never {
  throw new ZpipeError("say which topology to draw", {
    code: "no-topology",
    exitCode: ExitCode.usage,
    hints: ["Name its file, or pass --live to draw what runs."],
  });
}
