import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { formatLetters, lettersOf, payloadLines, resend } from "../cli/dead-letters.js";
import type { DeadLetter } from "../plan/child.js";

export default class DeadLetters extends ZpipeCommand {
  static override summary = "List the jobs that could not be done, or send them again.";
  static override description =
    "Kept under the name of the run, also when it is over: jobs of sources that failed, and requests whose workers died. What is sent again leaves the list when it is settled.";
  static override examples = [
    "<%= config.bin %> dead-letters euler6",
    "<%= config.bin %> dead-letters euler6 --resend",
    "<%= config.bin %> dead-letters collatz --payloads | <%= config.bin %> run topology.toml",
  ];
  static override strict = false;
  static override usage = "dead-letters NAME [ID...] [--resend | --payloads] [--json]";
  static override args = { name: Args.string({ required: true, description: "name of the run" }) };
  static override flags = {
    resend: Flags.boolean({ exclusive: ["payloads"], description: "send them again, into the run, which must be up" }),
    payloads: Flags.boolean({ description: "only what was to be done, as JSON lines" }),
  };

  async run(): Promise<readonly DeadLetter[]> {
    const { argv, args, flags } = await this.parse(DeadLetters);
    const letters = await lettersOf(args.name, (argv as string[]).slice(1));
    if (flags.resend) this.print(await resend(args.name, letters));
    else if (!flags.payloads) this.print(formatLetters(letters));
    else if (letters.length > 0) this.print(payloadLines(letters));
    return letters;
  }
}
