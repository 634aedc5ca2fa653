import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { type Scaffolded, scaffold, TEMPLATES } from "../scaffold/scaffold.js";

export default class Init extends ZpipeCommand {
  static override summary = "Make a new project from a template.";
  static override examples = [
    "<%= config.bin %> init my-graph",
    "<%= config.bin %> init my-graph --template scatter-gather",
  ];
  static override args = { dir: Args.string({ required: true, description: "directory to make" }) };
  static override flags = {
    template: Flags.option({
      options: TEMPLATES,
      default: "hello" as (typeof TEMPLATES)[number],
      env: "ZPIPE_TEMPLATE",
      description: "what to start with",
    })(),
    force: Flags.boolean({ description: "also in a directory that is not empty; files of the same name are replaced" }),
  };

  async run(): Promise<Scaffolded> {
    const { args, flags } = await this.parse(Init);
    const version = this.config.version;
    const made = await scaffold({ directory: args.dir, template: flags.template, force: flags.force, version });
    this.print(
      [`Made ${args.dir} with ${made.files.length} files. Next:`, ...made.next.map((step) => `  ${step}`)].join("\n"),
    );
    return made;
  }
}
