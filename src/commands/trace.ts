import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { controlOf, nameFlag } from "../cli/control.js";
import { formatSlowest, formatTrace } from "../cli/trace-view.js";
import type { Trace } from "../control/trace.js";

export default class TraceCommand extends ZpipeCommand {
  static override summary = "Show the way of a request through the graph, or the slowest of the last minute.";
  static override description =
    "ID is what the answer's header x-request-id says. Each hop is a line: where, when, how long it waited (░) and ran (█).";
  static override examples = [
    "<%= config.bin %> trace k3x9q1-2f",
    "<%= config.bin %> trace",
    "<%= config.bin %> trace --slowest 1",
    "<%= config.bin %> trace k3x9q1-2f --json",
  ];
  static override args = {
    id: Args.string({ description: "x-request-id of the request; without it, the slowest are listed" }),
  };
  static override flags = {
    name: nameFlag,
    slowest: Flags.integer({
      min: 1,
      max: 10,
      helpValue: "N",
      description: "list so many [default: 10]; 1 shows its way",
    }),
  };

  async run(): Promise<Trace | { readonly slowest: readonly Trace[] }> {
    const { args, flags } = await this.parse(TraceCommand);
    const control = await controlOf(flags.name);
    if (args.id !== undefined) {
      const trace = await control.trace(args.id);
      this.print(formatTrace(trace));
      return trace;
    }
    const slowest = await control.slowest(flags.slowest ?? 10);
    const [first] = slowest;
    this.print(flags.slowest === 1 && first ? formatTrace(first) : formatSlowest(slowest, Date.now()));
    return { slowest };
  }
}
