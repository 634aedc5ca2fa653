import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { loadOrFail } from "../cli/load.js";
import { unreachable } from "../errors.js";
import type { Graph } from "../graph/types.js";

const FORMATS = ["ascii", "mermaid", "dot", "json"] as const;
type Format = (typeof FORMATS)[number];

export default class GraphCommand extends ZpipeCommand {
  static override summary = "Draw the graph of a topology.";
  static override examples = [
    "<%= config.bin %> graph topology.toml",
    "<%= config.bin %> graph topology.toml --format dot | dot -Tsvg > graph.svg",
  ];
  static override args = { file: Args.string({ required: true, description: "the topology file" }) };
  static override flags = {
    format: Flags.option({
      char: "f",
      options: FORMATS,
      default: "ascii" as Format,
      env: "ZPIPE_FORMAT",
      description: "how to draw it",
    })(),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(GraphCommand);
    const { graph } = await loadOrFail(args.file);
    if (this.jsonEnabled()) return JSON.parse(await render(graph, "json"));
    this.print((await render(graph, flags.format)).trimEnd());
    return undefined;
  }
}

async function render(graph: Graph, format: Format): Promise<string> {
  switch (format) {
    case "ascii":
      return (await import("../graph/render/ascii.js")).renderAscii(graph);
    case "mermaid":
      return (await import("../graph/render/mermaid.js")).renderMermaid(graph);
    case "dot":
      return (await import("../graph/render/dot.js")).renderDot(graph);
    case "json":
      return (await import("../graph/render/json.js")).renderJson(graph);
    default:
      return unreachable(format);
  }
}
