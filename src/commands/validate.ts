import { Args } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { talk } from "../cli/talk.js";
import { formatVerdict, type Verdict, verdictOf } from "../cli/verdict.js";
import { ExitCode } from "../errors.js";

export default class Validate extends ZpipeCommand {
  static override summary = "Check topology files without starting anything.";
  static override examples = ["<%= config.bin %> validate topology.toml", "<%= config.bin %> validate *.toml --json"];
  static override strict = false;
  static override args = {
    file: Args.string({ required: true, description: "a topology file; several may be named" }),
  };

  async run(): Promise<{ readonly ok: boolean; readonly files: readonly Verdict[] }> {
    const { argv } = await this.parse(Validate);
    const files = await Promise.all((argv as string[]).map(verdictOf));
    if (!this.jsonEnabled()) {
      for (const verdict of files) {
        if (verdict.ok) this.print(formatVerdict(verdict));
        else talk(formatVerdict(verdict));
      }
    }
    const ok = files.every((file) => file.ok);
    if (!ok) process.exitCode = ExitCode.usage;
    return { ok, files };
  }
}
