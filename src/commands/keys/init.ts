import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../../cli/base.js";
import { type MadeKeys, makeKeys } from "../../discovery/make-keys.js";

export default class KeysInit extends ZpipeCommand {
  static override summary = "Make the keys with which workers of other hosts may join.";
  static override description =
    "Run it where the topology runs; again, with other names, for more clients. What is there stays as it is.";
  static override examples = [
    "<%= config.bin %> keys init --client laptop --client lab",
    "<%= config.bin %> keys init /etc/zpipe/keys",
  ];
  static override args = { dir: Args.string({ default: "keys", description: "directory of the keys" }) };
  static override flags = {
    client: Flags.string({
      char: "c",
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "NAME",
      description: "make a key for it too, and let it in; may be repeated",
    }),
  };

  async run(): Promise<MadeKeys> {
    const { args, flags } = await this.parse(KeysInit);
    const made = await makeKeys(args.dir, flags.client ?? []);
    const { files, clients, serverPublicKey, directory } = made;
    this.print(
      [
        ...files.map((file) => `made ${file}`),
        `public key of the topology: ${serverPublicKey}`,
        `In the topology, under [discovery]: keys = ${JSON.stringify(directory)}`,
        ...clients.map(({ file, name }) => `Take ${file} to ${name}, by a safe way: zpipe join FILE --key ${name}.key`),
      ].join("\n"),
    );
    return made;
  }
}
