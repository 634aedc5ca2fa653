import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { parsePattern, parseSince } from "../cli/log-query.js";
import { showLogs } from "../cli/logs.js";
import { LOG_LEVELS } from "../control/log/query.js";

export default class Logs extends ZpipeCommand {
  static override summary = "Show what the nodes of a run have printed and logged.";
  static override description =
    "NODE is a worker (sum.1), or a stage with its proxy and all its workers, or zpipe: starts, deaths, scalings. Without one, all. A run that has ended keeps its log.";
  static override examples = [
    "<%= config.bin %> logs -f",
    "<%= config.bin %> logs sum square.1 -n 20",
    "<%= config.bin %> logs --since 5m --level warn",
    "<%= config.bin %> logs --name euler6 --grep 'time-?out' --json",
  ];
  static override usage = "logs [NODE...] [-f] [-n LINES] [--since TIME] [--grep PATTERN] [--level LEVEL] [--json]";
  static override strict = false;
  static override args = { node: Args.string({ description: "a node or a stage; several may be given" }) };
  static override flags = {
    name: Flags.string({
      env: "ZPIPE_NAME",
      description: "name of the run; not needed when only one is running (-n is --lines here)",
    }),
    follow: Flags.boolean({ char: "f", description: "go on until the run has ended" }),
    lines: Flags.integer({
      char: "n",
      min: 0,
      helpValue: "LINES",
      description: "only the last so many [default: all]",
    }),
    since: Flags.string({ helpValue: "TIME", description: "30s, 5m, 2h or 3d ago, 12:30:05, or 2026-01-31T12:30:05Z" }),
    grep: Flags.string({ helpValue: "PATTERN", description: "only texts in which the regular expression is found" }),
    "ignore-case": Flags.boolean({
      char: "i",
      dependsOn: ["grep"],
      description: "small and capital letters are the same",
    }),
    level: Flags.option({
      options: LOG_LEVELS,
      description: "this level and above; stdout counts as info, stderr as warn",
    })(),
    all: Flags.boolean({ char: "a", description: "also what is kept of earlier runs" }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Logs);
    await showLogs({
      ...flags,
      nodes: argv as string[],
      since: flags.since === undefined ? undefined : parseSince(flags.since),
      grep: flags.grep === undefined ? undefined : parsePattern(flags.grep, flags["ignore-case"]),
      json: this.jsonEnabled(),
    });
  }
}
